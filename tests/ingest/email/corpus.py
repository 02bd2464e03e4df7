"""The corpus: mails written byte by byte, and beside each what must be read in it.

A `.json` names the fields that matter in its case. `text_has`, `text_hasnt`, `body_has` and `defects_has` are parts
that must (or must not) be there; a file's size of null is any. `roles` and `real_types` are the files', in order.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ingest.adapter import Original, Utterance
from ingest.email.parse import read
from ouvidor.records import Channel

FOLDER = Path(__file__).parents[2] / "corpus" / "email"


@dataclass(frozen=True)
class Case:
    name: str
    mail: bytes
    expected: dict[str, Any]


def cases() -> list[Case]:
    return [
        Case(path.stem, path.read_bytes(), json.loads(path.with_suffix(".json").read_text(encoding="utf-8")))
        for path in sorted(FOLDER.glob("*.eml"))
    ]


def heard(mail: bytes, **hints: str) -> Utterance:
    """Read a mail: always one utterance."""
    original = Original(
        Channel.EMAIL, "imap", "caixa", mail, "message/rfc822", datetime(2026, 11, 20, 12, tzinfo=UTC), hints
    )
    [utterance] = read(original)
    assert isinstance(utterance, Utterance)
    return utterance


def differences(case: Case) -> Iterator[str]:
    """Say where a case is read otherwise than expected."""
    found = heard(case.mail)
    for field, wanted in case.expected.items():
        name, _, how = field.partition("_has")
        if how or field.endswith("_has"):
            place = "\n".join(found.defects) if name == "defects" else str(getattr(found, name))
            for part in wanted:
                if (part in place) is (how == "nt"):
                    yield f"{field}: {part!r} in {place!r}"
            continue
        told = _told(found, field)
        if field == "files":
            told = [
                [*file[:2], None if want[2] is None else file[2]] for file, want in zip(told, wanted, strict=False)
            ] + (told[len(wanted) :])
        if told != wanted:
            yield f"{field}: {told!r}, not {wanted!r}"


def _told(found: Utterance, field: str) -> Any:  # noqa: ANN401 - a field's own type, as JSON has it
    match field:
        case "files":
            return [[file.name, file.media_type, len(file.content)] for file in found.files]
        case "roles" | "real_types":
            return [getattr(file, field.removesuffix("s")) for file in found.files]
        case "recipients":
            return [[each.role, each.name, each.address] for each in found.recipients]
        case "automatic":
            automatic = found.automatic
            return automatic and automatic.model_dump(mode="json", exclude_defaults=True)
        case "sent_at":
            return found.sent_at and found.sent_at.isoformat()
    value = getattr(found, field)
    return list(value) if field in {"references", "defects"} else value
