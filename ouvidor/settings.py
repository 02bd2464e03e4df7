"""The settings of the floor: one `ouvidor.yaml`, overridden by `OUVIDOR__SECTION__KEY` in the environment.

The rooms' own sections (an adapter's account, the routing table) are closed models in their rooms, which read them from
here: an adapter's settings stand in the adapter's file. Everything has a default that serves one machine.
"""

import re
from datetime import date, timedelta
from ipaddress import IPv4Network, IPv6Network, ip_address
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    HttpUrl,
    PrivateAttr,
    SecretStr,
    TypeAdapter,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from ouvidor.closures import ClosedDay, Vacation
from ouvidor.config import Section
from ouvidor.grants.settings import Grants
from ouvidor.opening_hours import Week
from ouvidor.schema_registry.settings import SchemaRegistry
from ouvidor.secret_files import read_secrets

__all__ = [
    "PREFIX",
    "Blobs",
    "Deliveries",
    "Http",
    "Ingest",
    "Judgement",
    "Kafka",
    "Opinion",
    "Organisation",
    "Replies",
    "Routing",
    "Settings",
    "Sinks",
    "Smtp",
    "Telemetry",
    "is_loopback",
]

PREFIX = "OUVIDOR__"
_SERVER = re.compile(r"(?:[^\s:/\[\]]+|\[[0-9a-fA-F:.]+\])(?::(?P<port>[0-9]{1,5}))?")
_LAST_PORT = 65_535


def _web_address(url: str | None) -> str | None:
    """Validate an address of the web, and keep it as it was written."""
    if url is not None:
        try:
            _HTTP_URL.validate_python(url)
        except ValidationError as error:
            raise ValueError(f"{url!r} is no address such as https://ouvidoria.example.org") from error
    return url


_HTTP_URL = TypeAdapter(HttpUrl)
WebAddress = Annotated[str | None, AfterValidator(_web_address)]


def _closed_day(given: object) -> object:
    return {"day": given} if isinstance(given, date | str) else given


class Organisation(Section):
    """Who answers."""

    name: str = "Ouvidoria"
    """As customers know it."""
    zone: str = "America/Sao_Paulo"
    """The zone in which days begin and end (IANA)."""
    country: str = "BR"
    """Whose holidays do not count (ISO 3166-1)."""
    subdivision: str | None = None
    """The state whose holidays do not count either, e.g. SP (ISO 3166-2)."""
    optional_holidays: bool = False
    """Do optional points (Carnaval, Corpus Christi…) not count either? As the house decrees."""
    hours: Week = Field(default_factory=dict)
    """When business time runs, `mon-fri: [08:00-12:00, 13:00-18:00]`. Not given: Monday to Friday, all day."""
    closed: tuple[Annotated[ClosedDay, BeforeValidator(_closed_day)], ...] = ()
    """Further days that do not count: the town's holidays, the house's own. 2026-01-25, 01-25 for that of every year,
    or `{day: 01-25, name: Aniversário da cidade}`."""
    vacations: tuple[Vacation, ...] = ()
    """When the house is closed: `{from: 2026-12-21, to: 2027-01-03, name: Recesso}`, or 12-21 and 01-03 for every year.
    The clocks of laws go on through them."""

    @field_validator("zone")
    @classmethod
    def _known_zone(cls, zone: str) -> str:
        try:
            ZoneInfo(zone)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError(f"{zone!r} is no zone of the IANA data base, such as America/Sao_Paulo") from error
        return zone

    @property
    def tz(self) -> ZoneInfo:
        """The zone, as Python's."""
        return ZoneInfo(self.zone)


class Kafka(Section):
    """The broker. `ouvidor up` brings its own where `bootstrap` is not given."""

    bootstrap: str | None = None
    """host:port, several by comma. Not given: `ouvidor up` starts one, which the commands beside it find;
    `ouvidor run` uses 127.0.0.1:9092."""
    prefix: str = Field("ouvidor.", pattern=r"^[a-zA-Z0-9._-]{0,180}$")
    """What every topic, group and transactional id starts with."""
    partitions: int = Field(4, ge=1, le=1000)
    """Of each topic: as many workers can share a stage. 4 serve one machine, 12 serve many."""
    topic_partitions: dict[str, Annotated[int, Field(ge=1, le=1000)]] = Field(default_factory=dict)
    """Other numbers of partitions for single topics, by name without prefix (classified, department.saude)."""
    replication: int = Field(1, ge=1, le=9)
    """On how many brokers each record is kept: 1 where there is one broker, else 3."""
    security: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = "PLAINTEXT"
    """How the broker's port is spoken to. SASL needs `username` and `password`."""
    sasl_mechanism: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] = "SCRAM-SHA-512"
    """How `username` and `password` are shown."""
    username: str | None = None
    """Who we are to the broker."""
    password: SecretStr | None = None
    """Its secret; `password_file` keeps it out of this file."""
    ca_file: Path | None = None
    """Certificates that are trusted, PEM. Not given: the system's."""
    session_timeout: timedelta = Field(timedelta(seconds=10), ge=timedelta(seconds=1), le=timedelta(minutes=5))
    """After this silence a worker's partitions go to another. Also the longest open transaction."""
    max_records: int = Field(500, ge=1)
    """The most records in one batch of one transaction."""
    schema_registry: SchemaRegistry | None = None
    """Where our schemas are registered for others' tools. Not given: nowhere, and no record names one."""

    @field_validator("bootstrap")
    @classmethod
    def _servers(cls, bootstrap: str | None) -> str | None:
        for server in bootstrap.split(",") if bootstrap is not None else ():
            found = _SERVER.fullmatch(server)
            if found is None or not 1 <= int(found["port"] or 1) <= _LAST_PORT:
                raise ValueError(f"{server!r} is no host:port with a port from 1 to {_LAST_PORT}")
        return bootstrap

    @property
    def servers(self) -> str:
        """Where the broker is, with the default."""
        return self.bootstrap or "127.0.0.1:9092"


class Blobs(Section):
    """Where originals and attachments are kept, named by SHA-256."""

    url: str | None = None
    """file:///path, s3://bucket/prefix, gs://… or az://…. Not given: `blobs` in the data directory."""


class Http(Section):
    """Where forms and webhooks come in."""

    host: str = "127.0.0.1"
    """The address to listen on; a proxy with TLS stands before it."""
    port: int = Field(8080, ge=0, le=65535)
    """0: any free one, which the log names."""
    public_url: WebAddress = None
    """As customers and networks see us, where a proxy stands before us."""
    body_limit: int = Field(25 * 2**20, ge=1024)
    """Bytes of the largest body."""


class Ingest(Section):
    """Which accounts are read. Each item is closed by its network's adapter: `ouvidor check` reads them all."""

    http: Http = Http()
    accounts: tuple[dict[str, Any], ...] = ()
    """Each has `network`, `account`, and what the network's adapter needs."""


def is_loopback(host: str) -> bool:
    """Is it this very machine?"""
    if host.casefold() == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


class Opinion(Section):
    """A third opinion on what is not sure, by any server that speaks OpenAI's chat completions.

    Messages leave the house for it, with personal data masked as far as their form shows them.
    """

    url: str
    """The address before /chat/completions: https://api.example.org/v1, http://127.0.0.1:11434/v1."""
    model: str = Field(min_length=1)
    """The model's name, as the server calls it."""
    key: SecretStr | None = None
    """What the server wants to be shown, if anything; `key_file` keeps it out of this file."""
    timeout: timedelta = Field(timedelta(seconds=10), ge=timedelta(milliseconds=100), le=timedelta(minutes=2))
    """After this an answer does not count, and the verdict stands without."""
    answer_tokens: int = Field(400, ge=50, le=8192)
    """Of the longest answer; a model that thinks aloud needs more."""
    most_per_minute: int = Field(30, ge=1)
    """Questions, of each process."""
    most_per_day: int = Field(2_000, ge=1)
    """Questions, of each process."""
    most_tokens_per_day: int = Field(4_000_000, ge=1)
    """Tokens of questions and answers, of each process: some 1,900 a question, up to 2,500 more with departments."""
    department: Literal["never", "unsure", "undecided"] = "unsure"
    """Whether it is asked for the department, too, where our models are not certain of it. unsure: of messages that it
    is asked about anyway. undecided: also of messages that are sure but for their department; so more leaves the house.
    never: the departments' words are not sent."""
    settles: bool = False
    """May it make a verdict sure by agreeing with all of it, and a department that it names stand without a person's
    look? Only where you have counted how often it is right."""

    @field_validator("url")
    @classmethod
    def _web(cls, url: str) -> str:
        _web_address(url)
        parts = urlsplit(url)
        if parts.username is not None or parts.query or parts.fragment:
            raise ValueError("an address without user, query and fragment is expected; the secret goes into key_file")
        return url.rstrip("/")

    @model_validator(mode="after")
    def _not_in_the_clear(self) -> Self:
        parts = urlsplit(self.url)
        if self.key is not None and parts.scheme == "http" and not is_loopback(parts.hostname or ""):
            raise ValueError("url: https is expected: the key would travel in the clear")
        return self


class Judgement(Section):
    """Who judges behind the rules."""

    model: Path | None = None
    """A directory that `ouvidor model train` wrote, or a registry of models elsewhere. Not given: what
    `ouvidor model promote` put in force in `models` of the data directory, else the model that comes with Ouvidor."""
    lane: Literal["fast", "both"] | None = None
    """fast: what the fast model is not sure of goes to a person at once. both: the slow model judges it first, on a way
    of its own (the topic `doubtful`). Not given: both where the slow one is installed (`ouvidor[slow]`)."""
    shadow: Path | None = None
    """The directory of a second model, which judges every message after the first, by both lanes where `lane` has both:
    what it says otherwise goes to the topic `shadow`, and `ouvidor model shadow` sums it up. It takes about as long
    again, and no verdict waits for it. Not given: none."""
    opinion: Opinion | None = None
    """Who is asked about what is not sure, on the river and by `ouvidor classify --opinion`. Not given: nobody, and
    nothing goes out."""


class Routing(Section):
    """Which routing table is in force."""

    table: Path | None = None
    """Not given: the table that comes with Ouvidor."""


class Sinks(Section):
    """What happens with dispatched messages besides their topics."""

    directory: Path | None = None
    """Where each department's NDJSON file is. Not given: `departments` in the data directory."""


_SHORTEST_TOKEN = 20


def _long_enough(secret: SecretStr) -> SecretStr:
    if any(len(token) < _SHORTEST_TOKEN for token in secret.get_secret_value().split()):
        raise ValueError(f"a token has {_SHORTEST_TOKEN} characters or more; `openssl rand -hex 32` makes a good one")
    return secret


Token = Annotated[SecretStr, AfterValidator(_long_enough)]


class Replies(Section):
    """Where departments' programs reply by HTTP: `POST /v1/replies`."""

    host: str = "127.0.0.1"
    """The address to listen on; a proxy with TLS stands before it."""
    port: int | None = Field(None, ge=0, le=65535)
    """Not given: replies come by Kafka alone; 0: any free one, which the log names."""
    tokens: Annotated[dict[str, Token], BeforeValidator(read_secrets)] = Field(default_factory=dict)
    """Each department's token, by its name; `<department>_file` keeps it out of this file. Several, a line each, hold
    while one is exchanged for another."""

    @field_validator("tokens")
    @classmethod
    def _each_its_own(cls, tokens: dict[str, SecretStr]) -> dict[str, SecretStr]:
        owners: dict[str, str] = {}
        for department, secret in tokens.items():
            for token in secret.get_secret_value().split():
                if owners.setdefault(token, department) != department:
                    raise ValueError(f"{department} and {owners[token]} have the same token: give each its own")
        return tokens


class Deliveries(Section):
    """What is handed on to departments' own systems and boxes. Each item of `destinations` is closed by its sink."""

    destinations: tuple[dict[str, Any], ...] = ()
    """Each has `sink` (webhook, mail), `name`, `department`, and what the sink needs."""
    store: SecretStr | None = None
    """postgresql://user:password@host/database, where deliveries stand until they have arrived; `store_file` keeps it
    out of this file. Not given: SQLite, `deliveries` in the data directory."""
    allow: tuple[IPv4Network | IPv6Network, ...] = ()
    """Networks of the house that webhooks may reach, e.g. 10.20.0.0/16. Not given: public addresses only."""
    keep: timedelta = Field(timedelta(days=30), ge=timedelta(0), le=timedelta(days=365))
    """How long the store keeps what a delivery that has arrived said, so that it can be sent again."""


class Smtp(Section):
    """The server that takes the house's own mail."""

    host: str | None = None
    """Its name. Not given: no mail is sent."""
    port: int = Field(587, ge=1, le=65535)
    """587 with starttls, 465 with tls."""
    security: Literal["starttls", "tls", "none"] = "starttls"
    """How it is spoken to; `none` in the house's own network alone."""
    username: str | None = None
    """Who we are to it. Not given: nobody logs in."""
    password: SecretStr | None = None
    """Its secret; `password_file` keeps it out of this file."""
    ca_file: Path | None = None
    """Certificates that are trusted, PEM. Not given: the system's."""
    sender: str | None = Field(None, pattern=r"^[^@\s<>]+@[^@\s<>]+$")
    """The address that our mail is from."""
    reply_to: str | None = Field(None, pattern=r"^[^@\s<>+]{1,24}@[^@\s<>]+$")
    """The box for answers: it takes `name+anything@domain`, and ingest reads it. Not given: no answers by mail."""


class Telemetry(Section):
    """How a process is watched."""

    host: str = "127.0.0.1"
    """The address to listen on: not for the public."""
    port: int | None = Field(None, ge=0, le=65535)
    """/livez, /readyz and /metrics. Not given: none; 0: any free one, which the log names."""
    log: Literal["json", "console", "auto"] = "auto"
    """JSON lines, or lines to read; auto: the latter on a terminal."""
    level: Literal["debug", "info", "warning", "error"] = "info"
    """From which level on the log tells; of libraries, only warnings and errors."""
    traces: WebAddress = None
    """URL of an OTLP/HTTP collector. Not given: no traces (the context of others is carried all the same)."""


class Settings(BaseSettings):
    """All of `ouvidor.yaml`."""

    model_config = SettingsConfigDict(
        frozen=True, extra="forbid", env_prefix=PREFIX, env_nested_delimiter="__", use_attribute_docstrings=True
    )

    organisation: Organisation = Organisation()
    kafka: Kafka = Kafka()
    grants: Grants = Grants()
    data: Path = Path("var")
    """All that this machine keeps: the local broker's data, blobs, spool, state, secrets."""
    blobs: Blobs = Blobs()
    ingest: Ingest = Ingest()
    judgement: Judgement = Judgement()
    routing: Routing = Routing()
    sinks: Sinks = Sinks()
    replies: Replies = Replies()
    deliveries: Deliveries = Deliveries()
    smtp: Smtp = Smtp()
    telemetry: Telemetry = Telemetry()
    _file: Path = PrivateAttr(Path("ouvidor.yaml"))
    _at_fault: frozenset[str] = PrivateAttr(frozenset())

    @property
    def file(self) -> Path:
        """What they were read from, for whoever finds a fault in them later."""
        return self._file

    @property
    def at_fault(self) -> frozenset[str]:
        """The sections in which a default stands for what is wrong: only `survey` gives such settings."""
        return self._at_fault

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003 - the framework's signature
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the framework's signature
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the same
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment wins over the file; nothing else is read."""
        return env_settings, init_settings

    @property
    def pseudonym_key(self) -> Path:
        """The file with the key of pseudonyms: made at the first start, to be kept like a password."""
        return self.data / "secret" / "pseudonyms.key"
