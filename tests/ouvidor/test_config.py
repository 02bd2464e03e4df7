"""A fault in a file is told with its place, its key and its mend; a secret never is."""

from pathlib import Path
from typing import Self

import pytest
from pydantic import Field, SecretStr, model_validator

from ouvidor.config import Section, read_section, read_yaml
from ouvidor.errors import Misconfigured


class Mailbox(Section):
    host: str
    port: int = Field(993, ge=1)
    password: SecretStr
    token: SecretStr | None = None


class Channels(Section):
    mailboxes: tuple[Mailbox, ...] = ()
    by_name: dict[str, Mailbox] = Field(default_factory=dict)
    one: Mailbox | None = None


def told(given: object, model: type[Section] = Channels) -> list[str]:
    with pytest.raises(Misconfigured) as refused:
        read_section(model, given, where="ouvidor.yaml", within=("ingest",))
    return str(refused.value).splitlines()


BOX = {"host": "h", "password": "p"}


def test_an_unknown_key_names_its_place_and_the_nearest_known_one():
    assert told({"mailboxes": [BOX, BOX, BOX | {"pasword": "x"}]}) == [
        "ouvidor.yaml: ingest.mailboxes[2].pasword: unknown key; did you mean password?"
    ]


def test_the_file_of_a_secret_is_a_known_key():
    assert told({"mailboxes": [{"host": "h", "password_fil": "/x"}]})[-1].endswith("did you mean password_file?")


def test_a_key_that_is_like_none_is_told_with_those_that_are_known():
    assert told({"zzz": 1}) == ["ouvidor.yaml: ingest.zzz: unknown key; known are by_name, mailboxes, one"]


def test_every_fault_is_told_at_once():
    assert told({"by_name": {"a": {"port": 0}}, "one": {"host": "h", "password": "p", "x": 1}}) == [
        "ouvidor.yaml: ingest.by_name.a.host: missing: it has no default",
        "ouvidor.yaml: ingest.by_name.a.port: Input should be greater than or equal to 1",
        "ouvidor.yaml: ingest.by_name.a.password: missing: it has no default",
        "ouvidor.yaml: ingest.one.x: unknown key; known are host, password, password_file, port, token, token_file",
    ]


def test_a_secret_is_read_from_its_file_without_the_line_end(tmp_path: Path):
    (tmp_path / "word").write_text("palavra secreta \n")
    box = read_section(Mailbox, {"host": "h", "password_file": tmp_path / "word"}, where="x")
    assert box.password.get_secret_value() == "palavra secreta "


def test_the_file_of_a_secret_may_be_a_credential_of_systemd(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "credentials").mkdir()
    (tmp_path / "credentials" / "mailbox").write_text("from systemd")
    (tmp_path / "here").write_text("from here")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path / "credentials"))
    monkeypatch.chdir(tmp_path)
    for given, word in (("mailbox", "from systemd"), ("here", "from here"), (tmp_path / "here", "from here")):
        box = read_section(Mailbox, {"host": "h", "password_file": given}, where="x")
        assert box.password.get_secret_value() == word


def test_a_secret_is_given_once(tmp_path: Path):
    (tmp_path / "word").write_text("s3cret")
    lines = told({"host": "h", "password": "s3cret", "password_file": str(tmp_path / "word")}, Mailbox)
    assert lines == ["ouvidor.yaml: ingest.password_file: password and password_file are both given: keep one"]


def test_a_file_that_is_missing_is_named():
    (line,) = told({"host": "h", "password_file": "/no/such"}, Mailbox)
    assert line.startswith("ouvidor.yaml: ingest.password_file: cannot read /no/such")
    assert line.endswith("No such file or directory: write it, or correct the path")


def test_of_a_file_without_a_folder_it_is_told_where_it_was_looked_for():
    (line,) = told({"host": "h", "password_file": "no-such-word"}, Mailbox)
    assert "cannot read no-such-word: No such file or directory" in line
    assert line.endswith("(looked for in $CREDENTIALS_DIRECTORY, and where the process runs)")


def unread(tmp_path: Path, name: str) -> str:
    """Make a file that holds no secret, and give its path."""
    path = tmp_path / name
    if name == "folder":
        path.mkdir()
    elif name != "missing":
        path.write_bytes({"empty": b" \n", "latin": b"senha\xe3"}[name])
    return str(path)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("missing", "cannot read {}: No such file or directory: write it, or correct the path"),
        ("empty", "{} is empty: write the secret into it"),
        ("folder", "cannot read {}: Is a directory: name a file that can be read"),
        ("latin", "cannot read {}: it is not UTF-8: save it as UTF-8"),
    ],
)
def test_each_way_in_which_a_secret_is_broken_has_its_mend(tmp_path: Path, name: str, words: str):
    path = unread(tmp_path, name)
    lines = told({"host": "h", "password_file": path}, Mailbox)
    assert lines == [f"ouvidor.yaml: ingest.password_file: {words.format(path)}"]


def test_an_empty_secret_and_an_empty_name_of_its_file_are_told():
    assert told({"host": "h", "password": " ", "token_file": ""}, Mailbox) == [
        "ouvidor.yaml: ingest.password: it is empty: give the secret, or remove the key",
        "ouvidor.yaml: ingest.token_file: it names no file: give the path of a file with the secret, or remove the key",
    ]


def test_all_broken_secrets_are_told_with_whatever_else_is_wrong_and_each_once(tmp_path: Path):
    broken = {"host": "h", "password_file": unread(tmp_path, "missing"), "token_file": unread(tmp_path, "empty")}
    lines = told({"mailboxes": [broken, BOX | {"port": 0}], "by_name": {"a": broken}, "one": BOX | {"x": 1}})
    assert [line.split(": ")[1] for line in lines] == [
        "ingest.mailboxes[0].password_file",
        "ingest.mailboxes[0].token_file",
        "ingest.mailboxes[1].port",
        "ingest.by_name.a.password_file",
        "ingest.by_name.a.token_file",
        "ingest.one.x",
    ]


class Agreed(Mailbox):
    @model_validator(mode="after")
    def _agree(self) -> Self:
        if self.port == 143:
            raise ValueError("port: 143 would send the password in the clear")
        return self


def test_a_broken_secret_does_not_hide_a_rule_on_several_keys_and_another_fault_invents_none():
    clear = "ouvidor.yaml: ingest: port: 143 would send the password in the clear"
    assert told({"host": "h", "port": 143, "password_file": "/no/such"}, Agreed)[1:] == [clear]
    assert len(told({"host": ["h"], "port": 143, "password_file": "/no/such"}, Agreed)) == 2


class Either(Section):
    way: Mailbox | int
    other: Mailbox | None = None


def test_a_broken_secret_in_one_of_several_forms_is_told_and_hides_nothing():
    lines = told(
        {"way": {"host": "h", "password_file": "/no/such"}, "other": {"host": "h", "password_file": ""}}, Either
    )
    assert ["cannot read /no/such" in line for line in lines] == [True, False, False]
    assert "ingest.other.password_file: it names no file" in lines[-1]


def test_what_stands_for_a_broken_secret_is_given_to_nobody():
    with pytest.raises(Misconfigured):
        read_section(Mailbox, {"host": "h", "password_file": "/no/such"}, where="x")


def test_no_value_is_repeated():
    lines = told({"mailboxes": [{"host": ["s3cret"], "password": ["s3cret"], "port": "s3cret"}], "one": "s3cret"})
    assert len(lines) == 4
    assert "s3cret" not in " ".join(lines)


def test_a_section_with_all_its_keys_commented_out_is_an_empty_one():
    assert read_section(Channels, None, where="x") == Channels()

    class Whole(Section):
        channels: Channels = Channels()

    assert read_section(Whole, {"channels": None}, where="x") == Whole()


def test_a_section_does_not_show_its_secrets():
    assert "s3cret" not in repr(read_section(Mailbox, {"host": "h", "password": "s3cret"}, where="x"))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a: [1", "line 1, column 6: expected ',' or ']'"),
        ("a: 1\nb:\n  c: 1\n  c: 2\n", "line 4, column 3: the key c is given twice"),
        ("a: 1\na: 2\n", "line 2, column 1: the key a is given twice"),
        ("a: !!python/object/apply:os.system [ls]", "could not determine a constructor"),
        ("a: \x00", "special characters are not allowed"),
        ("a:\n  b: [2026-12-25, 2026-13-01]\n", "line 2, column 19: this has the form of a date and is none"),
        ("a: 0x_", "line 1, column 4: this has the form of a number and is none"),
        (
            'a: 1\nb: "x\nc: [\n',
            "line 4, column 1: found unexpected end of stream (while scanning a quoted scalar that begins in line 2)",
        ),
    ],
)
def test_what_is_no_yaml_is_told_with_its_line(tmp_path: Path, text: str, words: str):
    path = tmp_path / "ouvidor.yaml"
    path.write_text(text)
    with pytest.raises(Misconfigured) as refused:
        read_yaml(path)
    assert str(refused.value).startswith(f"{path}:")
    assert words in str(refused.value)


def test_yaml_may_merge_what_it_named(tmp_path: Path):
    path = tmp_path / "ouvidor.yaml"
    path.write_text("base: &b {host: h, port: 1}\none: {<<: *b, port: 2}\n")
    assert read_yaml(path)["one"] == {"host": "h", "port": 2}


def test_bytes_that_are_no_text_are_told(tmp_path: Path):
    path = tmp_path / "ouvidor.yaml"
    path.write_bytes(b"organisation:\n  name: C\xe2mara\n")
    with pytest.raises(Misconfigured, match="line 2: not UTF-8: save the file as UTF-8"):
        read_yaml(path)
