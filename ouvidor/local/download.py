"""Download one jar: whole and with the hash that the lock file names, or not at all.

jgo's own download writes straight to the final name and only warns about a wrong checksum, so a broken connection
would spoil every later start. Here a file gets its name only when it has proved to be what the lock says. `requests`
honours HTTP(S)_PROXY, NO_PROXY, REQUESTS_CA_BUNDLE and .netrc by itself.

Source: Maven, "Repository layout"; jgo 3.2, `PythonResolver.download`.
"""

import hashlib
import os
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

from ouvidor.errors import Unavailable
from ouvidor.local.lock import Jar
from ouvidor.local.repositories import Repository

__all__ = ["download"]

_CONNECT_SECONDS, _READ_SECONDS = 10, 60
_CHUNK_BYTES = 1 << 16
# What a busy repository or a bad line answers; anything else would be answered the same again.
_RETRY = Retry(total=3, backoff_factor=0.5, status_forcelist=(429, 500, 502, 503, 504), raise_on_status=False)

_HOW_TO_GO_ON = (
    "run it again (what is complete is kept); behind a proxy set HTTPS_PROXY, and SSL_CERT_FILE if it has a "
    "certificate of its own; name a mirror of Maven Central in ~/.m2/settings.xml (<mirror>) or in ~/.config/jgo.conf "
    "([repositories], central = ADDRESS); or put the file by hand at"
)


def download(jar: Jar, folder: Path, repositories: Sequence[Repository]) -> Path:
    """Put the jar into the folder, from the first repository that has it; `Unavailable` tells what each answered."""
    failures = []
    for repository in repositories:
        try:
            return _from_repository(jar, folder, repository)
        except (requests.RequestException, _Refused) as error:
            failures.append(f"{_without_login(repository.url)}/{jar.path}: {error}")
    raise Unavailable(
        f"{jar}: not downloaded. {'; '.join(failures)}. To go on: {_HOW_TO_GO_ON} {folder / jar.file_name}"
    )


def _from_repository(jar: Jar, folder: Path, repository: Repository) -> Path:
    with requests.Session() as session:
        session.mount("https://", HTTPAdapter(max_retries=_RETRY))
        session.mount("http://", HTTPAdapter(max_retries=_RETRY))
        # requests itself reads REQUESTS_CA_BUNDLE, which wins, but not OpenSSL's own variable.
        session.verify = os.environ.get("SSL_CERT_FILE") or True
        url = f"{repository.url}/{jar.path}"
        timeout = (_CONNECT_SECONDS, _READ_SECONDS)
        with session.get(url, auth=repository.login, stream=True, timeout=timeout) as response:
            if not response.ok:
                # Not `raise_for_status`: it names the address, with a login that may stand in it.
                raise _Refused(f"HTTP {response.status_code} {response.reason}")
            return _keep(jar, folder, response.iter_content(_CHUNK_BYTES))


def _keep(jar: Jar, folder: Path, chunks: Iterable[bytes]) -> Path:
    """Write to a name of our own, verify, then rename: two processes may download the same jar at the same time."""
    with tempfile.NamedTemporaryFile(dir=folder, prefix=f".{jar.file_name}.", delete=False) as part:
        temporary = Path(part.name)
        try:
            digest = hashlib.sha256()
            for chunk in chunks:
                part.write(chunk)
                digest.update(chunk)
            if digest.hexdigest() != jar.sha256:
                raise _Refused(
                    f"{part.tell()} bytes with SHA-256 {digest.hexdigest()}, but the lock file says {jar.sha256}",
                )
            part.flush()
            return temporary.replace(folder / jar.file_name)
        finally:
            temporary.unlink(missing_ok=True)


class _Refused(Exception):
    """There is no such file, or another one came, which is never kept."""


def _without_login(url: str) -> str:
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
