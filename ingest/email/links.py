"""A link's target as a person wants to read it: beside the words only where they do not say it, and without detours.

Mail gateways and web mailers write links anew, to look at the target when it is clicked; the target stands inside. A
target that is longer than anybody reads is cut at its query, since what follows only tells who clicked.

Source: as met: Outlook's Safe Links, Proofpoint's URL Defense 2 and 3, Google's and Facebook's redirects.
"""

import re
from typing import Final
from urllib.parse import parse_qs, unquote, urlsplit

__all__ = ["shown_target"]

_SHOWN: Final = re.compile(r"(?:https?|ftp)://[^\s<>]+|mailto:[^\s<>]+", re.IGNORECASE)
_SCHEME: Final = re.compile(r"^(?:https?://|ftp://|mailto:|tel:)?(?:www\.)?", re.IGNORECASE)
_LONGEST: Final = 300
_MOST_DETOURS: Final = 3
_IN_QUERY: Final = {
    "safelinks.protection.outlook.com": "url",
    "urldefense.proofpoint.com": "u",
    "google.com": "q",
    "facebook.com": "u",
}
_DEFENSE: Final = re.compile(r"https://urldefense\.(?:com|us|proofpoint\.com)/v3/__(.{1,2000}?)__;")


def shown_target(target: str, words: str) -> str | None:
    """Give what is to stand after a link's words; None where they say it themselves, or nothing is to be said."""
    target = target.strip()
    for _ in range(_MOST_DETOURS):
        inner = _inner(target)
        if inner is None:
            break
        target = inner
    if not _SHOWN.fullmatch(target):
        return None
    if target[:7].lower() == "mailto:":
        target = unquote(target[7:].partition("?")[0])
        if "@" not in target:
            return None
    bare, said = _bare(target), _bare(words)
    if not said or bare == said or (said.endswith("…") and bare.startswith(said[:-1])) or bare.startswith(f"{said}?"):
        return None
    if len(target) > _LONGEST:
        target = f"{re.split(r'[?#]', target, maxsplit=1)[0][:_LONGEST]}…"
    return target


def _bare(words: str) -> str:
    return _SCHEME.sub("", words.strip().strip("<>()[]\"'")).rstrip("/.").casefold()


def _inner(target: str) -> str | None:
    """Find the target inside a target that was written anew."""
    if found := _DEFENSE.match(target):
        return found[1]
    try:
        parts = urlsplit(target)
        host = (parts.hostname or "").lower()
    except ValueError:
        return None
    for domain, name in _IN_QUERY.items():
        if host == domain or host.endswith(f".{domain}"):
            if domain in {"google.com", "facebook.com"} and parts.path not in {"/url", "/l.php"}:
                return None
            [inner, *_] = parse_qs(parts.query, max_num_fields=None).get(name, [""])
            if domain == "urldefense.proofpoint.com":
                inner = unquote(inner.replace("-", "%").replace("_", "/"))
            return inner if inner.lower().startswith(("http://", "https://")) else None
    return None
