"""One file, overridden by the environment; whatever is wrong is told with where it was given."""

from datetime import timedelta
from pathlib import Path

import pytest

from ouvidor.errors import Misconfigured
from ouvidor.loading import load, survey
from ouvidor.settings import Settings


@pytest.fixture(autouse=True)
def in_an_empty_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def write(text: str, name: str = "ouvidor.yaml") -> Path:
    path = Path(name)
    path.write_text(text, encoding="utf-8")
    return path


def test_without_a_file_everything_has_a_default():
    assert load() == Settings()
    assert load().kafka.servers == "127.0.0.1:9092"


def test_the_file_here_is_read():
    write("organisation: {name: Câmara Municipal}\nkafka: {session_timeout: 6, partitions: 12}\n")
    settings = load()
    assert settings.organisation.name == "Câmara Municipal"
    assert settings.kafka.session_timeout == timedelta(seconds=6)


def test_an_empty_file_and_empty_sections_are_the_defaults():
    assert load(write("")) == Settings()
    assert load(write("kafka:\ningest:\n  http:\n")) == Settings()


def test_the_environment_wins_key_by_key(monkeypatch: pytest.MonkeyPatch):
    write("kafka: {bootstrap: 'file:1', partitions: 12}\n")
    monkeypatch.setenv("OUVIDOR__KAFKA__BOOTSTRAP", "environment:2")
    monkeypatch.setenv("OUVIDOR__DATA", "/srv/ouvidor")
    settings = load()
    assert (settings.kafka.bootstrap, settings.kafka.partitions) == ("environment:2", 12)
    assert settings.pseudonym_key == Path("/srv/ouvidor/secret/pseudonyms.key")


def test_a_secret_may_come_from_a_file_that_the_environment_names(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("OUVIDOR__KAFKA__PASSWORD_FILE", str(write("s3cret\n", "word").absolute()))
    password = load().kafka.password
    assert password is not None
    assert password.get_secret_value() == "s3cret"


def told() -> str:
    with pytest.raises(Misconfigured) as refused:
        load()
    return str(refused.value)


def test_a_fault_in_the_file_names_the_file():
    write("kafka: {partitions: many}\nsinks: {directry: x}\n")
    assert told().splitlines() == [
        "ouvidor.yaml: kafka.partitions: Input should be a valid integer, unable to parse string as an integer",
        "ouvidor.yaml: sinks.directry: unknown key; did you mean directory?",
    ]


def test_a_fault_in_the_environment_names_the_variable(monkeypatch: pytest.MonkeyPatch):
    write("kafka: {replication: 1}\n")
    monkeypatch.setenv("OUVIDOR__KAFKA__PARTITIONS", "many")
    monkeypatch.setenv("OUVIDOR__KAFKA__BOOTSTRAPP", "x")
    lines = told().splitlines()
    assert lines[0].startswith("environment OUVIDOR__KAFKA__PARTITIONS: kafka.partitions: Input should be a valid int")
    assert lines[1] == "environment OUVIDOR__KAFKA__BOOTSTRAPP: kafka.bootstrapp: unknown key; did you mean bootstrap?"


def test_an_unknown_section_is_told_wherever_it_is(monkeypatch: pytest.MonkeyPatch):
    write("kafak: {}\n")
    assert told() == "ouvidor.yaml: kafak: unknown key; did you mean kafka?"
    monkeypatch.setenv("OUVIDOR__KAFAK__BOOTSTRAP", "x")
    assert told().startswith("environment: OUVIDOR__KAFAK__BOOTSTRAP: unknown section; known are BLOBS, DATA, ")


def test_strangers_in_the_environment_and_what_is_no_json_hide_nothing(monkeypatch: pytest.MonkeyPatch):
    write("kafka: {password_file: /no/such, partitions: many}\nsinks: {directry: x}\n")
    monkeypatch.setenv("OUVIDOR__KAFAK__BOOTSTRAP", "x")
    monkeypatch.setenv("OUVIDOR__INGEST__ACCOUNTS", "[{")
    monkeypatch.setenv("OUVIDOR__SMTP__PASSWORD", "")
    monkeypatch.setenv("OUVIDOR__SMTP__PORT", "0")
    assert [line.rpartition(": ")[0].partition(": Input")[0] for line in told().splitlines()] == [
        "environment: OUVIDOR__KAFAK__BOOTSTRAP",
        "environment OUVIDOR__INGEST__ACCOUNTS: ingest.accounts",
        "ouvidor.yaml: kafka.partitions",
        "ouvidor.yaml: kafka.password_file: cannot read /no/such: No such file or directory",
        "ouvidor.yaml: sinks.directry",
        "environment OUVIDOR__SMTP__PORT: smtp.port",
        "environment OUVIDOR__SMTP__PASSWORD: smtp.password: it is empty",
    ]


def test_what_is_right_beside_a_fault_is_read_and_the_environment_still_wins(monkeypatch: pytest.MonkeyPatch):
    write("kafka: {bootstrap: 'file:1', partitions: many, prefix: a., password_file: /no/such}\ndata: d\n")
    monkeypatch.setenv("OUVIDOR__KAFKA__BOOTSTRAP", "environment:2")
    settings, faults = survey()
    assert (settings.kafka.bootstrap, settings.kafka.partitions, settings.kafka.prefix) == ("environment:2", 4, "a.")
    assert (settings.data, settings.file) == (Path("d"), Path("ouvidor.yaml"))
    assert [fault.at for fault in faults] == [("kafka", "partitions"), ("kafka", "password_file")]
    assert settings.kafka.password is not None
    assert settings.at_fault == {"kafka"}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("- kafka\n", "a mapping of sections is expected, not a list"),
        ("organisation: {zone: Sao_Paulo}\n", "organisation.zone: 'Sao_Paulo' is no zone of the IANA data base"),
        ("kafka: {prefix: 'ouvidor/'}\n", "kafka.prefix: String should match pattern"),
        ("kafka: {bootstrap: 'kafka:99999'}\n", "kafka.bootstrap: 'kafka:99999' is no host:port with a port from 1 to"),
        ("kafka: {bootstrap: 'a:9092,'}\n", "kafka.bootstrap: '' is no host:port"),
        ("kafka: {bootstrap: 'http://a:9092'}\n", "kafka.bootstrap: 'http://a:9092' is no host:port"),
        ("ingest: {http: {public_url: '::'}}\n", "ingest.http.public_url: '::' is no address such as https://"),
        ("telemetry: {traces: collector:4318}\n", "telemetry.traces: 'collector:4318' is no address such as https://"),
        ("telemetry: {traces: ftp://host}\n", "telemetry.traces: 'ftp://host' is no address such as https://"),
        ("telemetry: {traces: 'http://'}\n", "telemetry.traces: 'http://' is no address such as https://"),
        ("kafka: {session_timeout: 0}\n", "kafka.session_timeout: Input should be greater than or equal to 1 second"),
        ("kafka: {security: TLS}\n", "kafka.security: Input should be 'PLAINTEXT', 'SSL'"),
        ("telemetry: {port: 70000}\n", "telemetry.port: Input should be less than or equal to 65535"),
        ("kafka: {partitions: 4, partitions: 8}\n", "the key partitions is given twice"),
    ],
)
def test_what_cannot_be_is_told(text: str, words: str):
    write(text)
    assert words in told()


def test_a_fault_in_a_list_leaves_the_others_their_numbers():
    write("ingest: {accounts: [7, {network: form}]}\norganisation: {closed: [2026-01-25, nonsense]}\n")
    settings, faults = survey()
    assert settings.ingest.accounts == ({}, {"network": "form"})
    assert [fault.at[:3] for fault in faults] == [("organisation", "closed", 1), ("ingest", "accounts", 0)]


@pytest.mark.parametrize("servers", ["kafka", "kafka-1.example.org:9093,10.0.0.2:9092", "[::1]:9092"])
def test_the_brokers_may_be_named_as_clients_of_kafka_know_it(servers: str):
    write(f"kafka: {{bootstrap: '{servers}'}}\n")
    assert load().kafka.servers == servers


def test_settings_know_the_file_that_they_were_read_from(tmp_path: Path):
    assert load().file == Path("ouvidor.yaml")
    other = tmp_path / "other.yaml"
    other.touch()
    assert load(other).file == other
    assert load(other).model_copy(update={"data": tmp_path}).file == other


def test_a_file_that_was_asked_for_must_be_there():
    with pytest.raises(Misconfigured, match=r"^other\.yaml: no such file$"):
        load(Path("other.yaml"))


def test_settings_do_not_show_their_secrets():
    write("kafka: {password: s3cret}\n")
    assert "s3cret" not in repr(load())
