"""The version that is installed."""

from importlib.metadata import PackageNotFoundError, version

__all__ = ["VERSION"]

try:
    VERSION = version("ouvidor")
except PackageNotFoundError:  # run from a checkout that was never installed
    VERSION = "0+unknown"
