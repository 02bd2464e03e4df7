"""Whose token it is: each department has its own, or several while one is exchanged for another."""

import hmac
from collections.abc import Mapping

from pydantic import SecretStr

__all__ = ["Tokens"]


class Tokens:
    """All departments' tokens."""

    def __init__(self, tokens: Mapping[str, SecretStr]) -> None:
        self._departments = {
            token.encode(): department
            for department, secret in tokens.items()
            for token in secret.get_secret_value().split()
        }

    def department_of(self, authorization: str) -> str | None:
        """Tell whose token a header shows. All are compared, each in constant time."""
        scheme, _, token = authorization.partition(" ")
        given = token.strip().encode("utf-8", "replace")
        if scheme.lower() != "bearer":
            return None
        found = None
        for known, department in self._departments.items():
            if hmac.compare_digest(known, given):
                found = department
        return found
