"""The settings of a mailbox of Microsoft 365 that is read by Microsoft Graph."""

from typing import Self
from urllib.parse import urlsplit

from pydantic import Field, model_validator

from ingest.email.rest.settings import RestAccount

__all__ = ["GraphAccount"]


class GraphAccount(RestAccount):
    """A mailbox, read by Microsoft Graph. It is only read: nothing is deleted, moved or marked as read."""

    api: str = "https://graph.microsoft.com/v1.0"
    """Where Graph is; another one for a national cloud (https://graph.microsoft.us/v1.0)."""
    shared: bool = False
    """The mailbox is a shared one that the person who logs in may open: shared mailboxes are then asked for too."""
    folders: tuple[str, ...] = Field(("inbox",), min_length=1, max_length=10)
    """Folders that are read: a well-known name (inbox, archive, junkemail), and after it or alone the names of folders
    as mail programs show them, with slashes between (inbox/Clientes); or a folder's id."""
    sent: str | None = Field(None, min_length=1, max_length=500)
    """The folder of sent mail (sentitems): answers written there are kept with the conversation that they answer, as
    network events, and never judged or routed. Not given: it is not read."""

    @model_validator(mode="after")
    def _of_microsoft(self) -> Self:
        if self.oauth.provider == "google":
            raise ValueError("oauth.provider: google gives no right to Microsoft Graph: use microsoft")
        return self

    @property
    def its_scope(self) -> str:
        """What is asked for where `oauth.scope` says nothing."""
        parts = urlsplit(self.api)
        graph = f"{parts.scheme}://{parts.netloc}"
        if self.oauth.its_flow == "app":
            return f"{graph}/.default"
        return f"{graph}/{self.permission} offline_access"

    @property
    def permission(self) -> str:
        """The permission that it takes."""
        return "Mail.Read.Shared" if self.shared else "Mail.Read"
