"""Download one jar: whole and with the hash that the lock file names, or not at all.

jgo's own download writes straight to the final name and only warns about a wrong checksum, so a broken connection
would spoil every later start. Here a file gets its name when it has proved to be what the lock says; what is half
done is left behind by nobody. `requests` honours HTTP(S)_PROXY, NO_PROXY, REQUESTS_CA_BUNDLE and .netrc by itself.

Source: Maven, "Repository layout"; jgo 3.2, `PythonResolver.download`.
"""

import hashlib
import os
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

from ouvidor.errors import Unavailable
from ouvidor.local.repositories import Repository

__all__ = ["Jar", "download", "sha256_of"]
