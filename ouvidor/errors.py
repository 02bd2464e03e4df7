"""Errors, named by what to do about them. There is no fourth kind.

Whatever else a library raises is turned into one of these where it is caught; what nobody foresaw is handled as
`Rejected`: the record goes to the dead letters with the error's class and words, and a person takes the case.
"""

from datetime import timedelta

__all__ = ["Misconfigured", "OuvidorError", "Rejected", "Unavailable"]


class OuvidorError(Exception):
    """What all errors of this project have in common: words that name the thing, what was found, and the mend."""


class Rejected(OuvidorError):
    """This record will never work: to the dead letters, and a person takes the case."""


class Unavailable(OuvidorError):
    """Something we need is away: hold the partition, try again, commit nothing.

    `retry_after` is how long it asked us to stay away, where it said so.
    """

    def __init__(self, words: str = "", *, retry_after: timedelta | None = None) -> None:
        super().__init__(words)
        self.retry_after = retry_after


class Misconfigured(OuvidorError):
    """Nothing will work until somebody changes a setting: stop, and say which."""
