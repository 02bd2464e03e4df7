"""A department's box, as the settings tell of it. Needs nothing that is an extra: whoever reads mail asks here too."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from ouvidor.department_boxes import answers_for
from sinks.deliveries.contract import Destination

__all__ = ["Mailbox"]

Address = Annotated[str, Field(pattern=r"^[^@\s<>]+@[^@\s<>]+$")]


def _sender(given: str) -> str:
    name, at, domain = given.rpartition("@")
    if not (at and domain) or "@" in name or any(sign.isspace() or sign in "<>" for sign in given):
        raise ValueError(
            "an address (ana@example.org), or a domain with an @ before it (@obras.example.org) is expected"
        )
    return given


Sender = Annotated[str, AfterValidator(_sender)]


class Mailbox(Destination):
    """A department's box, which gets a mail for each event: text to read, and the event as JSON."""

    sink: Literal["mail"]
    to: Address
    """The box's address."""
    answers_from: tuple[Sender, ...] = ()
    """Who else answers for the department by mail: addresses, or whole domains with an @ before them
    (`@obras.example.org`). Not given: the box's own address alone. Never a domain where customers have their mail."""
    whole: bool = False
    """Does the mail say who wrote, where the department may know it? Mail lies in the clear on its way."""

    @property
    def senders(self) -> frozenset[str]:
        """Who answers for the department from this box, in small letters."""
        return frozenset(each.casefold() for each in (self.to, *self.answers_from))

    @property
    def hears_refusals(self) -> bool:
        """A person who answered by mail reads no topic."""
        return True

    def takes_refusal(self, refused: Mapping[str, Any]) -> bool:
        """Is a refusal for somebody who answered this box's mail?"""
        by = refused.get("by")
        return isinstance(refused.get("mail"), dict) and isinstance(by, str) and answers_for(by, self.senders)
