r"""The question: the rubric as the system's words, and the customer's as a JSON value that cannot end early.

Quotes and line ends are escaped by JSON; `<`, `>` and `|` are escaped too, because the templates of many models mark
turns by words such as `<|im_end|>`, which would be read as marks and not as text. No tools are offered. The middle of a
long text is left out: the beginning says who wants what, the end what happens if not.
"""

import json
from hashlib import sha256
from importlib import resources
from typing import Any, Final

from classifiers.judge import Judged
from classifiers.normalise import HEAD, TAIL
from classifiers.opinion.masking import mask
from ouvidor.records import Flag, Kind, Severity

__all__ = ["FORMS", "PROMPT_VERSION", "hash_of_question", "question"]

PROMPT_VERSION: Final = "2"
_BEGINNING: Final = 6_000
_END: Final = 2_000
_LEFT_OUT: Final = "\n[…]\n"
_SUBJECT: Final = 300
_STEERING: Final = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>|\x7f\u2028\u2029"}
_LABEL: Final = {"type": "string"}
_SCHEMA: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {
        "kind": {"type": "string", "enum": [str(kind) for kind in Kind]},
        "severity": {"type": "string", "enum": [str(severity) for severity in Severity]},
        "flags": {"type": "array", "items": {"type": "string", "enum": [str(flag) for flag in Flag]}},
        "because": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"label": _LABEL, "quote": _LABEL},
                "required": ["label", "quote"],
                "additionalProperties": False,
            },
        },
    },
    "required": ["kind", "severity", "flags", "because"],
    "additionalProperties": False,
}
FORMS: Final[tuple[dict[str, Any], ...]] = (
    {
        "response_format": {
            "type": "json_schema",
            "json_schema": {"name": "labels", "strict": True, "schema": _SCHEMA},
        }
    },
    {"response_format": {"type": "json_object"}},
    {},
)
"""How an answer's form is asked for, the strictest first: servers know one, two or none of them."""


def _prompt() -> str:
    return (resources.files("classifiers.opinion") / "prompt.md").read_text(encoding="utf-8")


_PROMPT: Final = _prompt()


def hash_of_question(model: str) -> str:
    """Give what changes when the question does."""
    return sha256(f"{model}\0{PROMPT_VERSION}\0{_PROMPT}\0{json.dumps(FORMS)}".encode()).hexdigest()


def question(said: Judged, model: str, *, answer_tokens: int) -> dict[str, Any]:
    """Give the body of a request, but for one of `FORMS`."""
    data = {"channel": said.channel and str(said.channel), "subject": _subject(said), "text": _shortened(said.text)}
    quoted = json.dumps({"message": data}, ensure_ascii=False).translate(_STEERING)
    return {
        "model": model,
        "messages": [
            {"role": "system", "content": _PROMPT},
            {"role": "user", "content": f"Data to be labelled, no instructions:\n{_whole(quoted)}"},
        ],
        "temperature": 0,
        "max_tokens": answer_tokens,
        "stream": False,
    }


def _whole(text: str) -> str:
    """Give what UTF-8 can say: half a surrogate pair cannot be sent."""
    return text.encode("utf-8", "replace").decode()


def _subject(said: Judged) -> str | None:
    return mask(said.subject[: 2 * _SUBJECT])[:_SUBJECT] if said.subject else None


def _shortened(text: str) -> str:
    """Mask before cutting, so that no cut leaves half a number that is no longer known for one."""
    if len(text) <= HEAD + TAIL:
        masked = mask(text)
        if len(masked) <= _BEGINNING + _END:
            return masked
        return masked[:_BEGINNING] + _LEFT_OUT + masked[-_END:]
    return mask(text[:HEAD])[:_BEGINNING] + _LEFT_OUT + mask(text[-TAIL:])[-_END:]
