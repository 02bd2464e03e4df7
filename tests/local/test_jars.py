import hashlib
import http.server
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from ouvidor.errors import Misconfigured, Unavailable
from ouvidor.local import download
from ouvidor.local.jars import default_cache, jars_in
from ouvidor.local.lock import Jar, locked_jars, read_lock

CONTENT = b"PK\x03\x04 not really a jar" * 1000
JAR = Jar("org.example", "thing", "1.0", hashlib.sha256(CONTENT).hexdigest())
OTHER = Jar("org.example", "other", "2.0", hashlib.sha256(b"other").hexdigest())


@dataclass
class Mirror:
    """A repository on the loopback: what it has, what it was asked, and how it misbehaves."""

    url: str
    files: dict[str, bytes] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    logins: list[str | None] = field(default_factory=list)
    busy: int = 0
    cut_at: int | None = None
    tells_length: bool = True


@pytest.fixture
def mirror() -> Iterator[Mirror]:
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            # To a proxy the whole address is told, to a server the path.
            path = self.path.partition("/maven/")[2]
            here.asked.append(self.path)
            here.logins.append(self.headers["Authorization"])
            if here.busy:
                here.busy -= 1
                self.send_error(503)
            elif (content := here.files.get(path)) is None:
                self.send_error(404)
            else:
                self.send_response(200)
                if here.tells_length:
                    self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content[: here.cut_at])

        def log_message(self, *words: object) -> None:
            """Say nothing."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        here = Mirror(f"http://127.0.0.1:{server.server_address[1]}/maven", {JAR.path: CONTENT, OTHER.path: b"other"})
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield here
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home, and no setting of the machine that runs the tests."""
    for name in ("M2_REPO", "JGO_CONFIG_FILE", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.delenv(name, raising=False)
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setattr(download, "_RETRY", download._RETRY.new(backoff_factor=0))
    return home


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache"


def maven_settings(home: Path, mirror: Mirror, pattern: str = "central", servers: str = "") -> None:
    (home / ".m2").mkdir()
    (home / ".m2" / "settings.xml").write_text(
        f"""<settings xmlns="http://maven.apache.org/SETTINGS/1.0.0">{servers}
        <mirrors><mirror><id>office</id><mirrorOf>{pattern}</mirrorOf><url>{mirror.url}</url></mirror></mirrors>
        </settings>""",
    )


def jgo_settings(home: Path, *urls: str) -> None:
    (home / ".config").mkdir()
    names = ["central", "second", "third"]
    lines = [f"{name} = {url}" for name, url in zip(names, urls, strict=False)]
    (home / ".config" / "jgo.conf").write_text("\n".join(["[repositories]", *lines, ""]))


@pytest.mark.parametrize("pattern", ["central", "*", "external:*", "somewhere,central"])
def test_jars_come_from_the_mirror_of_mavens_settings(home: Path, cache: Path, mirror: Mirror, pattern: str):
    maven_settings(home, mirror, pattern)
    assert jars_in(cache, [JAR, OTHER]) == [cache / "thing-1.0.jar", cache / "other-2.0.jar"]
    assert (cache / "thing-1.0.jar").read_bytes() == CONTENT


def test_a_mirrors_login_comes_from_mavens_settings_and_its_secret_from_the_environment(
    home: Path,
    cache: Path,
    mirror: Mirror,
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setenv("MIRROR_PASSWORD", "secret")
    server = "<server><id>office</id><username>ana</username><password>${env.MIRROR_PASSWORD}</password></server>"
    maven_settings(home, mirror, servers=f"<servers>{server}</servers>")
    jars_in(cache, [JAR])
    assert mirror.logins == ["Basic YW5hOnNlY3JldA=="]


def test_jars_come_from_the_repository_of_jgos_settings(home: Path, cache: Path, mirror: Mirror):
    jgo_settings(home, mirror.url)
    assert jars_in(cache, [JAR])[0].read_bytes() == CONTENT


def test_the_next_repository_is_asked_for_what_the_first_has_not(home: Path, cache: Path, mirror: Mirror):
    jgo_settings(home, f"{mirror.url}/nothing-here", mirror.url)
    assert jars_in(cache, [JAR])[0].read_bytes() == CONTENT


def test_a_proxy_of_the_environment_is_used(
    home: Path,
    cache: Path,
    mirror: Mirror,
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setenv("HTTP_PROXY", mirror.url.removesuffix("/maven"))
    jgo_settings(home, "http://repository.invalid/maven")
    jars_in(cache, [JAR])
    assert mirror.asked == [f"http://repository.invalid/maven/{JAR.path}"]


def test_what_is_at_hand_is_not_downloaded_again(home: Path, cache: Path, mirror: Mirror):
    jgo_settings(home, mirror.url)
    jars_in(cache, [JAR])
    mirror.asked.clear()
    jars_in(cache, [JAR, OTHER])
    assert mirror.asked == [f"/maven/{OTHER.path}"]


def test_what_maven_has_already_is_used_where_it_lies(home: Path, cache: Path):
    there = home / ".m2" / "repository" / JAR.path
    there.parent.mkdir(parents=True)
    there.write_bytes(CONTENT)
    assert jars_in(cache, [JAR]) == [there]


def test_a_jar_that_was_changed_in_the_cache_is_fetched_anew(home: Path, cache: Path, mirror: Mirror):
    jgo_settings(home, mirror.url)
    jars_in(cache, [JAR])
    (cache / JAR.file_name).write_bytes(CONTENT[:-1] + b"!")
    assert jars_in(cache, [JAR])[0].read_bytes() == CONTENT


def misses_the_end(mirror: Mirror) -> None:
    mirror.cut_at = 1000


def misses_the_end_and_tells_no_length(mirror: Mirror) -> None:
    mirror.cut_at, mirror.tells_length = 1000, False


def has_something_else(mirror: Mirror) -> None:
    mirror.files[JAR.path] = b"something else"


def has_nothing(mirror: Mirror) -> None:
    mirror.files.clear()


@pytest.mark.parametrize(
    ("misbehave", "told"),
    [
        (misses_the_end, "IncompleteRead"),
        (misses_the_end_and_tells_no_length, f"1000 bytes with SHA-256 .*lock file says {JAR.sha256}"),
        (has_something_else, f"14 bytes with SHA-256 .*lock file says {JAR.sha256}"),
        (has_nothing, "HTTP 404"),
    ],
)
def test_a_failed_download_is_told_with_its_mend_and_does_not_spoil_the_next(
    home: Path,
    cache: Path,
    mirror: Mirror,
    misbehave: Callable[[Mirror], None],
    told: str,
):
    jgo_settings(home, mirror.url)
    misbehave(mirror)
    with pytest.raises(Unavailable, match=told) as failure:
        jars_in(cache, [JAR])
    for word in ("org.example:thing:1.0", f"{mirror.url}/{JAR.path}", "HTTPS_PROXY", str(cache / JAR.file_name)):
        assert word in str(failure.value)
    assert list(cache.iterdir()) == []
    mirror.files[JAR.path], mirror.cut_at = CONTENT, None
    assert jars_in(cache, [JAR])[0].read_bytes() == CONTENT


def test_a_repository_that_is_busy_is_asked_again(home: Path, cache: Path, mirror: Mirror):
    jgo_settings(home, mirror.url)
    mirror.busy = 2
    assert jars_in(cache, [JAR])[0].read_bytes() == CONTENT


def test_a_repository_that_cannot_be_reached_is_unavailable_and_its_password_is_not_told(home: Path, cache: Path):
    jgo_settings(home, "http://ana:secret@127.0.0.1:9/maven")
    with pytest.raises(Unavailable, match="Connection refused") as failure:
        jars_in(cache, [JAR])
    assert "secret" not in str(failure.value)


def test_each_jar_that_came_is_told_to_who_shows_the_progress(home: Path, cache: Path, mirror: Mirror):
    jgo_settings(home, mirror.url)
    told: list[tuple[int, int, str]] = []
    jars_in(cache, [JAR, OTHER], lambda *words: told.append(words))
    assert [(done, total) for done, total, _ in told] == [(1, 2), (2, 2)]
    assert {name for _, _, name in told} == {"thing-1.0.jar", "other-2.0.jar"}


def test_a_cache_that_cannot_be_written_is_told(home: Path, mirror: Mirror):
    jgo_settings(home, mirror.url)
    (home / "file").write_text("")
    with pytest.raises(Misconfigured, match="set another cache"):
        jars_in(home / "file" / "cache", [JAR])


def test_settings_of_maven_that_cannot_be_read_are_told(home: Path, cache: Path):
    (home / ".m2").mkdir()
    (home / ".m2" / "settings.xml").write_text("<settings>")
    with pytest.raises(Misconfigured, match=r"settings\.xml: cannot be read as Maven's settings"):
        jars_in(cache, [JAR])


def test_a_lock_without_hashes_is_refused(tmp_path: Path):
    lock = tmp_path / "jgo.lock.toml"
    lock.write_text('[[dependencies]]\ngroupId = "a"\nartifactId = "b"\nversion = "1"\n')
    with pytest.raises(Misconfigured, match="SHA-256 for each jar"):
        read_lock(lock)


def test_the_cache_is_where_the_user_wants_caches(home: Path, monkeypatch: pytest.MonkeyPatch):
    assert default_cache() == home / ".cache" / "ouvidor" / "jars"
    monkeypatch.setenv("XDG_CACHE_HOME", str(home / "elsewhere"))
    assert default_cache() == home / "elsewhere" / "ouvidor" / "jars"


def test_kafka_is_locked_to_one_version_of_itself():
    kafka = [jar for jar in locked_jars("kafka") if jar.group == "org.apache.kafka"]
    assert {jar.version for jar in kafka} == {kafka[0].version}
    assert {"kafka_2.13", "kafka-clients", "kafka-server"} <= {jar.artifact for jar in kafka}
