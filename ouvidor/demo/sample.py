"""The sample customers: 320 of them, the same at every run.

Each one's words end with a reference of their own (`Ref. DEMO-0173`), so that whoever reads a department's topic knows
which sample a message is by what the customer said, and not by what our processes say of it. Nobody in it is real:
names are drawn from lists, addresses end in `.test`, telephone numbers are of no network.
"""

import json
import re
from dataclasses import dataclass
from importlib.resources import files

__all__ = ["NETWORKS", "Sample", "load_samples", "reference_in"]

NETWORKS = {"imap": "mail", "form": "form", "whatsapp": "WhatsApp", "telegram": "Telegram", "webvtt": "calls"}
"""By which networks samples come, and how people call them."""

_REFERENCE = re.compile(r"\bRef\. (DEMO-\d{4})\b")


@dataclass(frozen=True, slots=True)
class Sample:
    """A customer, and what they say once."""

    ref: str
    network: str
    manner: str
    """How it comes: of mail `plain`, `html`, `reply`…; of a form `json`, `urlencoded`, `multipart`."""
    name: str
    address: str
    text: str
    subject: str = ""

    @property
    def words(self) -> str:
        """What they say, with their reference."""
        return f"{self.text}\n\nRef. {self.ref}"


def load_samples() -> list[Sample]:
    """Read the samples that travel with the package."""
    lines = (files(__package__) / "samples.ndjson").read_text("utf-8").splitlines()
    return [Sample(**json.loads(line)) for line in lines]


def reference_in(text: str) -> str | None:
    """Find a sample's reference in what was said."""
    found = _REFERENCE.search(text)
    return found[1] if found else None
