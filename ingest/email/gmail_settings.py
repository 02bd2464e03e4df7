"""The settings of a mailbox of Gmail or Google Workspace that is read by Google's own API."""

from typing import Final, Self

from pydantic import Field, model_validator

from ingest.email.rest.settings import RestAccount

__all__ = ["GmailAccount"]

_READ_ONLY: Final = "https://www.googleapis.com/auth/gmail.readonly"


class GmailAccount(RestAccount):
    """A mailbox, read by the Gmail API. It is only read: nothing is deleted, moved or marked as read."""

    api: str = "https://gmail.googleapis.com"
    """Where the API is."""
    folders: tuple[str, ...] = Field(("INBOX",), min_length=1, max_length=10)
    """Labels whose mail is read: INBOX, or the names of labels as Gmail shows them (Clientes/Norte). Spam and what was
    thrown away are left alone, unless SPAM or TRASH stands here."""
    sent: str | None = Field(None, min_length=1, max_length=500)
    """The label of sent mail (SENT): answers written there are kept with the conversation that they answer, as network
    events, and never judged or routed. Not given: it is not read."""

    @model_validator(mode="after")
    def _of_google(self) -> Self:
        if self.oauth.provider == "microsoft":
            raise ValueError("oauth.provider: microsoft gives no right to Gmail: use google")
        return self

    @property
    def its_scope(self) -> str:
        """What is asked for where `oauth.scope` says nothing."""
        return _READ_ONLY
