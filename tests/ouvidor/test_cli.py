"""The command line as a person or a script meets it: real processes, real exit codes, stdout apart from stderr."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import EntryPoint
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage
from urllib.error import HTTPError, URLError

import pytest

from ouvidor import cli
from ouvidor.cli import rooms
from ouvidor.errors import Misconfigured, Rejected, Unavailable
from ouvidor.local.kafka import LocalKafka
from ouvidor.local.ports import free_ports


@dataclass(frozen=True)
class Done:
    code: int
    out: str
    err: str

    def lines(self) -> list[str]:
        return self.out.splitlines()

    def rows(self) -> list[dict[str, object]]:
        return [json.loads(line) for line in self.lines()]


Ouvidor = Callable[..., Done]


@pytest.fixture
def ouvidor(tmp_path: Path) -> Ouvidor:
    """`ouvidor("check", ...)` in an empty directory, with these settings in the environment."""

    def run(*arguments: str, **settings: str) -> Done:
        done = subprocess.run(
            [sys.executable, "-m", "ouvidor", *arguments],
            cwd=tmp_path,
            env={**os.environ, **{f"OUVIDOR__{key}": value for key, value in settings.items()}},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        return Done(done.returncode, done.stdout, done.stderr)

    return run


def test_help_is_there_in_half_a_second_and_names_every_command(ouvidor: Ouvidor):
    ouvidor("--help")  # compiles what was never compiled
    before = getrusage(RUSAGE_CHILDREN)
    done = ouvidor("--help")
    after = getrusage(RUSAGE_CHILDREN)
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 0.5  # of the processor: 0.15 s
    assert done.code == 0
    for command in ("run", "up", "demo", "check", "topics", "tail", "schema", "dead-letters", "ingest", "classify"):
        assert f"\n  {command} " in done.out
    for code in cli.EXIT_CODES:
        assert f"\n    {code} " in done.out


def test_help_imports_no_room_and_no_library_that_it_does_not_need():
    program = (
        "import sys\nfrom ouvidor.cli import main\n"
        "try: main(['--help'])\nexcept SystemExit: pass\n"
        "print([m for m in ('ingest', 'classifiers', 'routers', 'sinks') if f'{m}.commands' in sys.modules],"
        " [m for m in ('pydantic', 'aiokafka', 'aiohttp', 'structlog') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[] []"


def test_without_arguments_help_is_shown(ouvidor: Ouvidor):
    done = ouvidor()
    assert "Usage: ouvidor" in done.out + done.err
    assert done.code == 2


@pytest.mark.parametrize("arguments", [["nonsense"], ["run"], ["check", "--nonsense"], ["schema", "nonsense"]])
def test_a_wrong_command_line_is_a_usage_error(ouvidor: Ouvidor, arguments: list[str]):
    done = ouvidor(*arguments)
    assert done.code == 2
    assert done.out == ""
    assert "Usage: ouvidor" in done.err


def test_a_wrong_setting_is_one_readable_line_and_78(ouvidor: Ouvidor, tmp_path: Path):
    (tmp_path / "ouvidor.yaml").write_text("kafka: {bootstrapp: x}\n")
    done = ouvidor("topics", "list")
    assert (done.code, done.out) == (78, "")
    assert done.err == "ouvidor: ouvidor.yaml: kafka.bootstrapp: unknown key; did you mean bootstrap?\n"


def test_the_settings_file_may_be_named(ouvidor: Ouvidor, tmp_path: Path):
    (tmp_path / "other.yaml").write_text("organisation: {name: Câmara}\n")
    assert "ok     settings: Câmara" in ouvidor("--config", "other.yaml", "check").out
    assert ouvidor("-c", "missing.yaml", "check").err == "ouvidor: missing.yaml: no such file\n"


def test_a_broker_that_is_away_is_75(ouvidor: Ouvidor):
    (port,) = free_ports(1)
    done = ouvidor("topics", "list", KAFKA__BOOTSTRAP=f"127.0.0.1:{port}")
    assert (done.code, done.out) == (75, "")
    assert done.err == f"ouvidor: kafka.bootstrap: 127.0.0.1:{port}: nobody listens there; is the broker running?\n"


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (Rejected("not a mail"), 65, "ouvidor: not a mail\n"),
        (Unavailable("broker is away"), 75, "ouvidor: broker is away\n"),
        (Misconfigured("a\nb"), 78, "ouvidor: a\nb\n"),
    ],
)
def test_each_error_has_its_exit_code(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], error: Exception, code: int, words: str
):
    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr("ouvidor.cli.app.app", fail)
    with pytest.raises(SystemExit) as ended:
        cli.main([])
    assert ended.value.code == code
    assert capsys.readouterr().err == words


def test_a_defect_of_ours_names_its_place_and_not_its_words(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    def fail(*_: object, **__: object) -> None:
        raise ValueError("Maria das Dores")

    monkeypatch.setattr("ouvidor.cli.app.app", fail)
    with pytest.raises(SystemExit) as ended:
        cli.main([])
    assert ended.value.code == 70
    told = capsys.readouterr().err
    assert "a defect of ours: ValueError at test_cli.py:" in told
    assert "Maria" not in told


# --- the rooms' commands ---


def test_a_room_that_cannot_be_loaded_is_named_and_not_left_out(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    broken = EntryPoint("heal", "nowhere.commands:app", "ouvidor.commands")
    monkeypatch.setattr(rooms, "offered", lambda _: {"heal": broken})
    with pytest.raises(SystemExit) as ended:
        cli.main(["--help"])
    assert ended.value.code == 0
    assert "heal          (cannot be loaded:" in capsys.readouterr().out
    with pytest.raises(SystemExit) as ended:
        cli.main(["heal"])
    assert ended.value.code == 78
    assert "heal = nowhere.commands:app cannot be loaded: ModuleNotFoundError" in capsys.readouterr().err


@pytest.fixture
def room(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
    """A room of another package, with a typer app and a function."""
    source = tmp_path / "a_room_of_others.py"
    source.write_text(
        "import typer\n"
        "app = typer.Typer(help='Heal what was broken.\\n\\nMore.')\n"
        "@app.command()\ndef one(): print('one')\n"
        "@app.command()\ndef two(): print('two')\n"
        "def alone(name: str) -> None:\n    'Say a name.'\n    print(name)\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    found = {
        "heal": EntryPoint("heal", "a_room_of_others:app", "ouvidor.commands"),
        "say": EntryPoint("say", "a_room_of_others:alone", "ouvidor.commands"),
    }
    monkeypatch.setattr(rooms, "offered", lambda _: found)
    yield source
    sys.modules.pop("a_room_of_others", None)


@pytest.mark.usefixtures("room")
def test_a_room_brings_an_app_or_a_function(capsys: pytest.CaptureFixture[str]):
    for arguments, out in (["heal", "two"], "two\n"), (["say", "Maria"], "Maria\n"):
        with pytest.raises(SystemExit) as ended:
            cli.main(arguments)
        assert (ended.value.code, capsys.readouterr().out) == (0, out)


@pytest.mark.usefixtures("room")
def test_a_rooms_first_line_is_read_without_running_it(capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit):
        cli.main(["--help"])
    told = capsys.readouterr().out
    assert "\n  heal          Heal what was broken.\n" in told
    assert "\n  say           Say a name.\n" in told
    assert "a_room_of_others" not in sys.modules


# --- check ---


def test_check_tells_all_that_is_wrong_at_once(ouvidor: Ouvidor, tmp_path: Path):
    (tmp_path / "table.yaml").write_text("departments: []\n")
    (tmp_path / "data").write_text("a file")
    done = ouvidor("check", "--json", ROUTING__TABLE="table.yaml", DATA="data", KAFKA__SECURITY="SASL_SSL")
    assert done.code == 78
    wrong = {str(row["check"]) for row in done.rows() if row["state"] == "wrong"}
    assert wrong >= {"data", "route", "kafka"}


BROKEN = """
kafka: {security: SASL_SSL, username: ouvidor, password_file: /no/kafka, partitions: many, ca_file: /no/authority}
routing: {table: table.yaml}
ingest:
  accounts:
    - {network: imap, account: a, host: h, username: u, password_file: /no/mailbox}
    - {network: imap, account: b, host: h, username: u, oauth: {provider: google, flow: app, key_file: /no/google}}
    - {network: telegram, account: t, token_file: empty}
    - {network: whatsapp, account: w, verify_token_file: /no/verify, app_secrets_file: /no/app}
replies: {tokens: {saude_file: /no/saude, vias_file: empty, obras: short}}
deliveries:
  store_file: /no/store
  destinations:
    - {sink: webhook, name: panel, department: obras, url: "https://example.org", secret_file: /no/hook}
    - {sink: mail, name: box, department: obras, to: a@example.org}
judgement: {opinion: {url: "https://example.org", model: m, key_file: /no/key}}
"""
TOLD = (
    "kafka.partitions: Input should be",
    "kafka.password_file: cannot read /no/kafka",
    "judgement.opinion.key_file: cannot read /no/key",
    "replies.tokens.obras: a token has 20",
    "replies.tokens.saude_file: cannot read /no/saude",
    "replies.tokens.vias_file: empty is empty",
    "deliveries.store_file: cannot read /no/store",
    "smtp.password: it is empty",
    "deliveries.destinations[0].secret_file: cannot read /no/hook",
    "destination box: smtp.host and smtp.sender are needed",
    "ingest.accounts[0].password_file: cannot read /no/mailbox",
    "ingest.accounts[2].token_file: empty is empty",
    "ingest.accounts[3].verify_token_file: cannot read /no/verify",
    "ingest.accounts[3].app_secrets_file: cannot read /no/app",
    "ingest.accounts[1].oauth.key_file: cannot read /no/google",
    "table.yaml:1: default: missing",
    "table.yaml:1: profile: missing",
    "kafka.ca_file: /no/authority holds no certificates",
)


@pytest.fixture
def broken(tmp_path: Path) -> None:
    """Settings in whose every room secrets are broken, and something else is wrong, too."""
    (tmp_path / "ouvidor.yaml").write_text(BROKEN)
    (tmp_path / "table.yaml").write_text("departments: []\n")
    (tmp_path / "empty").touch()


@pytest.mark.usefixtures("broken")
def test_every_broken_secret_and_whatever_stands_behind_it_is_told_once(ouvidor: Ouvidor):
    done = ouvidor("check", SMTP__PASSWORD="")
    assert (done.code, done.err) == (78, "")
    wrong = [line for line in done.lines() if not line.startswith("ok ")]
    assert all(line.startswith("wrong  ") for line in wrong)
    for words, line in zip(TOLD, wrong, strict=True):
        assert words in line
    assert "wrong  settings: environment OUVIDOR__SMTP__PASSWORD: smtp.password: it is empty" in done.out


@pytest.mark.usefixtures("broken")
def test_for_a_program_the_same_is_told(ouvidor: Ouvidor):
    done = ouvidor("check", "--json", SMTP__PASSWORD="")
    assert (done.code, done.err) == (78, "")
    wrong = [str(row["words"]) for row in done.rows() if row["state"] == "wrong"]
    for words, line in zip(TOLD, wrong, strict=True):
        assert words in line


@pytest.mark.usefixtures("broken")
def test_nothing_is_connected_with_what_stands_for_a_broken_secret(ouvidor: Ouvidor):
    assert ouvidor("check", "--connect", SMTP__PASSWORD="").out == ouvidor("check", SMTP__PASSWORD="").out


@pytest.mark.usefixtures("broken")
def test_up_tells_every_broken_secret_too_and_brings_nothing(ouvidor: Ouvidor, tmp_path: Path):
    done = ouvidor("up", SMTP__PASSWORD="")
    assert (done.code, done.out) == (78, "")
    for words in TOLD[:-1]:  # a broker that is another's is looked at when it is reached
        assert done.err.count(words) == 1
    assert not (tmp_path / "var").exists()


def test_a_table_that_is_not_known_makes_no_department_a_stranger(ouvidor: Ouvidor, tmp_path: Path):
    settings = {"routing": {"tabel": "mine.yaml"}, "replies": {"tokens": {"secret-garden": "x" * 20}}}
    (tmp_path / "ouvidor.yaml").write_text(json.dumps(settings))
    done = ouvidor("check")
    assert done.code == 78
    (line,) = [line for line in done.lines() if not line.startswith("ok ")]
    assert "routing.tabel: unknown key; did you mean table?" in line


def test_a_key_of_pseudonyms_that_is_too_short_is_told(ouvidor: Ouvidor, tmp_path: Path):
    key = tmp_path / "var" / "secret" / "pseudonyms.key"
    key.parent.mkdir(parents=True)
    key.touch(mode=0o600)
    done = ouvidor("check")
    assert "pseudonyms.key: the key of pseudonyms has 0 bytes: it needs at least 32 random ones; bring it" in done.out
    assert done.code == 78


def test_a_broken_routing_table_is_told_once(ouvidor: Ouvidor, tmp_path: Path):
    (tmp_path / "table.yaml").write_text("departments: []\n")
    done = ouvidor("check", ROUTING__TABLE="table.yaml")
    assert done.out.count("table.yaml:1: profile: missing") == 1
    assert done.code == 78


def test_a_fault_in_the_file_of_another_name_is_told_with_that_name(ouvidor: Ouvidor, tmp_path: Path):
    settings = {"ingest": {"accounts": [{"network": "emial"}]}, "routing": {"table": "mine.yaml"}}
    (tmp_path / "new.yaml").write_text(json.dumps(settings))
    done = ouvidor("-c", "new.yaml", "check")
    assert "wrong  ingest: new.yaml: ingest.accounts[0].network: network 'emial' is unknown" in done.out
    assert f"wrong  route: new.yaml: routing.table: {tmp_path / 'mine.yaml'}: no such file" in done.out


def test_up_tells_all_that_is_wrong_before_it_brings_a_broker(ouvidor: Ouvidor, tmp_path: Path):
    (tmp_path / "table.yaml").write_text("departments: []\n")
    account = {"network": "imap", "account": "a", "host": "127.0.0.1", "username": "u", "password_file": "/no/such"}
    done = ouvidor("up", ROUTING__TABLE="table.yaml", INGEST__ACCOUNTS=json.dumps([account]))
    assert done.code == 78
    assert "ingest.accounts[0].password_file: cannot read /no/such: No such file or directory" in done.err
    assert "table.yaml:1: profile: missing" in done.err
    assert not (tmp_path / "var").exists()


def test_check_connects_only_when_asked(ouvidor: Ouvidor):
    (port,) = free_ports(1)
    away = {"KAFKA__BOOTSTRAP": f"127.0.0.1:{port}"}
    assert "ok     kafka" in ouvidor("check", **away).out
    done = ouvidor("check", "--connect", **away)
    assert f"away   kafka: kafka.bootstrap: 127.0.0.1:{port}: nobody listens there" in done.out
    assert done.code == 75


def test_a_key_that_others_can_read_is_told(ouvidor: Ouvidor, tmp_path: Path):
    key = tmp_path / "var" / "secret" / "pseudonyms.key"
    key.parent.mkdir(parents=True)
    key.write_bytes(b"x" * 32)
    key.chmod(0o644)
    done = ouvidor("check")
    assert "pseudonyms.key can be read by others: chmod 600" in done.out
    assert done.code == 78


# --- topics and dead letters, on the real broker ---


@pytest.fixture
def broker(kafka: LocalKafka, fresh_name: Callable[[str], str]) -> dict[str, str]:
    return {"KAFKA__BOOTSTRAP": kafka.bootstrap, "KAFKA__PREFIX": fresh_name("p") + "."}


def test_topics_are_created_listed_and_created_again(ouvidor: Ouvidor, broker: dict[str, str]):
    planned = ouvidor("topics", "create", "--dry-run", "--json", **broker).rows()
    assert {row["state"] for row in ouvidor("topics", "list", "--json", **broker).rows()} == {"missing"}

    first, again = ouvidor("topics", "create", **broker), ouvidor("topics", "create", "--strict", **broker)

    assert [line.split() for line in first.lines()] == [["created", row["name"]] for row in planned]
    assert {line.split()[0] for line in again.lines()} == {"exists"}
    assert (first.code, again.code, first.err, again.err) == (0, 0, "", "")
    assert {row["state"] for row in ouvidor("topics", "list", "--json", **broker).rows()} == {"planned"}
    assert "ok     topics: all" in ouvidor("check", "--connect", **broker).out


def test_a_topic_that_differs_is_told_and_strict_is_a_no(ouvidor: Ouvidor, broker: dict[str, str]):
    ouvidor("topics", "create", **broker)
    name = broker["KAFKA__PREFIX"] + "notices"
    done = ouvidor("topics", "create", **broker, KAFKA__TOPIC_PARTITIONS='{"notices": 8}')
    assert (done.code, done.err) == (0, f"{name}: partitions is 4, planned is 8; left as it is\n")
    assert ouvidor("topics", "create", "--strict", **broker, KAFKA__TOPIC_PARTITIONS='{"notices": 8}').code == 1


def test_on_a_broker_that_asks_nobody_topics_alone_are_planned_and_that_is_said(
    ouvidor: Ouvidor, broker: dict[str, str]
):
    planned = ouvidor("topics", "plan", "--json", **broker)
    assert planned.code == 1
    assert {(row["kind"], row["state"]) for row in planned.rows()} == {("topic", "missing")}
    assert "this broker has no authorizer" in planned.err

    applied = ouvidor("topics", "apply", **broker)
    assert applied.code == 0
    assert [line.split()[0] for line in applied.lines()] == ["made"] * len(planned.rows())

    settled = ouvidor("topics", "plan", **broker)
    assert (settled.code, settled.out) == (0, "")
    assert ouvidor("topics", "apply", "--strict", **broker).code == 1


def test_a_plan_for_others_asks_no_broker(ouvidor: Ouvidor):
    done = ouvidor("topics", "plan", "--as-commands", KAFKA__BOOTSTRAP="127.0.0.1:1")
    assert done.code == 0
    assert "--allow-principal User:dept-atendimento --operation Read" in done.out
    wrong = ouvidor("topics", "plan", "--as-commands", GRANTS__DEPARTMENT="User:everybody")
    assert wrong.code == 78
    assert "grants.department: 'User:everybody': {department} is expected in it" in wrong.err


def test_the_ways_of_dead_letters(ouvidor: Ouvidor, broker: dict[str, str]):
    ouvidor("topics", "create", **broker)
    none = ouvidor("dead-letters", "list", **broker)
    assert (none.code, none.out, none.err) == (0, "", "no dead letter is open\n")
    bury(broker)

    listed = ouvidor("dead-letters", "list", "--json", **broker)
    (row,) = listed.rows()
    assert (row["stage"], row["error"], row["reason"]) == ("route", "Rejected", "data does not fit")
    assert "Maria" not in listed.out
    letter = str(row["letter"])
    assert json.loads(ouvidor("dead-letters", "show", letter, **broker).out)["value"] == "sou a Maria"
    assert ouvidor("dead-letters", "show", letter, "--raw", **broker).out == "sou a Maria"
    assert ouvidor("dead-letters", "retry", **broker).code == 2
    assert ouvidor("dead-letters", "retry", letter, **broker).out == f"{letter}\n"
    again = ouvidor("dead-letters", "retry", letter, **broker)
    assert again.code == 65
    assert again.err.endswith("nothing was sent\n")
    assert ouvidor("dead-letters", "retry", "--all", **broker).out == ""


def bury(broker: dict[str, str]) -> None:
    """Write a dead letter as the stage does, in a process of its own: this one has a loop already."""
    program = (
        "import asyncio, os\n"
        "from aiokafka import AIOKafkaProducer, ConsumerRecord\n"
        "from ouvidor.batch import DeadLetters\n"
        "from ouvidor.errors import Rejected\n"
        "from ouvidor.topics import Topics\n"
        "prefix = os.environ['PREFIX']\n"
        "record = ConsumerRecord(prefix + 'classified', 0, 7, 0, 0, b'k', b'sou a Maria', None, 0, 0, ())\n"
        "letter, _ = DeadLetters('route', Topics(prefix)).outputs(record, Rejected('data does not fit'), 1)\n"
        "async def main():\n"
        "    producer = AIOKafkaProducer(bootstrap_servers=os.environ['BOOTSTRAP'])\n"
        "    await producer.start()\n"
        "    await producer.send_and_wait(letter.topic, letter.value, key=letter.key, headers=list(letter.headers))\n"
        "    await producer.stop()\n"
        "asyncio.run(main())\n"
    )
    environment = {**os.environ, "PREFIX": broker["KAFKA__PREFIX"], "BOOTSTRAP": broker["KAFKA__BOOTSTRAP"]}
    subprocess.run([sys.executable, "-c", program], env=environment, check=True, timeout=60)


# --- a service ---


def until(condition: Callable[[], bool], within: float = 60) -> None:
    deadline = time.monotonic() + within
    while not condition():
        assert time.monotonic() < deadline, "it did not come to pass in time"
        time.sleep(0.05)


def status(url: str) -> int:
    try:
        with urllib.request.urlopen(url, timeout=20) as answer:
            return int(answer.status)
    except HTTPError as error:
        return error.code
    except URLError:
        return 0


def test_a_service_runs_tells_how_it_is_and_ends_cleanly(ouvidor: Ouvidor, broker: dict[str, str], tmp_path: Path):
    assert ouvidor("topics", "create", **broker).code == 0
    (port,) = free_ports(1)
    address = f"@ouvidor-cli-{os.getpid()}"  # abstract: a path may be too long for a socket
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(address.replace("@", "\0"))
        systemd.settimeout(60)
        settings = {**broker, "TELEMETRY__PORT": str(port)}
        service = subprocess.Popen(
            [sys.executable, "-m", "ouvidor", "run", "route", "--instance", "route-1"],
            cwd=tmp_path,
            env={
                **os.environ,
                **{f"OUVIDOR__{key}": value for key, value in settings.items()},
                "NOTIFY_SOCKET": address,
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        try:
            assert systemd.recv(4096).decode().startswith("READY=1")
            until(lambda: status(f"http://127.0.0.1:{port}/readyz") == 200)
            assert status(f"http://127.0.0.1:{port}/livez") == 200
            assert status(f"http://127.0.0.1:{port}/metrics") == 200
            service.send_signal(signal.SIGTERM)
            out, err = service.communicate(timeout=60)
            assert "STOPPING=1" in systemd.recv(4096).decode()
        finally:
            service.kill()
            service.wait()
    assert service.returncode == 0
    assert out == ""
    events = [json.loads(line)["event"] for line in err.splitlines()]
    assert events[0] == "starting"
    assert events[-1] == "stopping"


def test_a_service_that_does_not_exist_is_named(ouvidor: Ouvidor):
    done = ouvidor("run", "nonsense")
    assert done.code == 78
    assert "nonsense: no such service; rooms are classify, ingest, route, sinks" in done.err


# --- schemas ---


def test_a_schema_is_shown_or_written(ouvidor: Ouvidor, tmp_path: Path):
    names = ouvidor("schema").lines()
    shown = json.loads(ouvidor("schema", "dispatched").out)
    assert shown["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert ouvidor("schema", "--out", "schemas").code == 0
    assert sorted(path.stem for path in (tmp_path / "schemas").iterdir()) == sorted(names)
    assert json.loads((tmp_path / "schemas" / "dispatched.json").read_text()) == shown


def test_the_version_is_told(ouvidor: Ouvidor):
    assert ouvidor("--version").out.startswith("ouvidor 0.")
    assert [line.split()[0] for line in ouvidor("version").lines()][:2] == ["ouvidor", "python"]
