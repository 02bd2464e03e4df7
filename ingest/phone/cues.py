"""WebVTT as it is met: cues with their speakers, whatever software wrote them.

Written by hand because readers of the format refuse a whole file for one bad line, and give one speaker a cue where a
cue may hold several. Here a line that is not understood costs a defect and no word: what stands in a block with a bad
time keeps its place and takes the time of the cue before it.

Source: W3C "WebVTT: The Web Video Text Tracks Format", sections 4 (syntax) and 6 (parsing).
"""

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from html import unescape
from typing import Final

from ouvidor.errors import Rejected

__all__ = ["Cue", "Transcript", "parse"]

_TIME: Final = r"(?:(\d{1,6}):)?(\d{1,2}):(\d{1,2})[.,](\d{1,3})"
_TIMING: Final = re.compile(rf"\s*{_TIME}\s*-->\s*{_TIME}(?:\s.*)?\Z")
_TAG: Final = re.compile(r"<(/?)([^<>]*)>")
_VOICE: Final = re.compile(r"v(?:\.[^\s<>]*)?\s+(.*)", re.DOTALL)
_INLINE: Final = re.compile(rf"(?:/?(?:c|i|b|u|v|ruby|rt|lang)(?:[.\s].*)?|{_TIME})\Z", re.DOTALL)
_NAMED: Final = re.compile(r"(?:[-\u2013]\s*)?([^\W\d_][\w .'()-]{0,39}?)\s*:\s+(?=\S)")
_ASIDE: Final = re.compile(r"(?:NOTE|STYLE|REGION)(?:[ \t]|\Z)")


@dataclass(frozen=True, slots=True)
class Cue:
    """What one speaker says in one cue. Times are seconds from the start; `speaker` is empty where none is named."""

    start: float
    end: float
    speaker: str
    text: str


@dataclass(slots=True)
class Transcript:
    """A file's cues in the order of their start, and what else it tells."""

    cues: list[Cue] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    """Comments, and the metadata of the header."""
    defects: list[str] = field(default_factory=list)


def parse(body: bytes) -> Transcript:
    """Read a transcript. Raises `Rejected` where the bytes are none: neither a signature nor a single time."""
    found = Transcript()
    lines = _decoded(body, found.defects).split("\n")
    if re.match(r"WEBVTT(?:[ \t]|\Z)", lines[0]) is None:
        if not any(_TIMING.match(line) for line in lines):
            raise Rejected("um arquivo WebVTT começa com WEBVTT e tem tempos (00:00.000 --> 00:01.000)")
        found.defects.append("falta a assinatura WEBVTT: lido como se estivesse ali")
        lines.insert(0, "WEBVTT")
    if about := lines[0].removeprefix("WEBVTT").strip():
        found.notes.append(about)
    _read_blocks(lines[1:], found)
    if not any(cue.speaker for cue in found.cues):
        found.cues = _with_names(found.cues)
    found.cues.sort(key=lambda cue: cue.start)
    return found


def _decoded(body: bytes, defects: list[str]) -> str:
    if body.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = body.decode("utf-16", "replace")
        defects.append("o arquivo está em UTF-16, não em UTF-8")
    else:
        try:
            text = body.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = body.decode("cp1252", "replace")
            defects.append("o arquivo não está em UTF-8: lido como Windows-1252")
    return re.sub(r"\r\n?", "\n", text.removeprefix("\ufeff").replace("\0", "\ufffd"))


def _read_blocks(lines: list[str], found: Transcript) -> None:
    """Read block after block: a cue, a comment, or the header's metadata (the first block, if it has no time)."""
    bad = 0
    for number, block in enumerate(_blocks(lines)):
        at = next((place for place, line in enumerate(block) if "-->" in line), None)
        if at is None:
            is_header = number == 0 and block and lines and lines[0].strip() == block[0].strip()
            if is_header or _ASIDE.match(block[0]):
                found.notes.append("\n".join(block))
            elif len(block) > 1 or not block[0].strip().isdigit():  # words without a time are words all the same
                bad += 1
                found.cues.extend(_cue(found.cues[-1].end if found.cues else 0.0, None, block))
            continue
        timing = _TIMING.match(block[at])
        if timing is None and _ASIDE.match(block[0]):
            found.notes.append("\n".join(block))
            continue
        if timing is None:
            bad += 1
            found.cues.extend(_cue(found.cues[-1].end if found.cues else 0.0, None, block[at + 1 :]))
            continue
        start, end = _seconds(timing.group(1, 2, 3, 4)), _seconds(timing.group(5, 6, 7, 8))
        found.cues.extend(_cue(start, end, block[at + 1 :]))
    if bad:
        found.defects.append(f"{bad} trecho(s) sem tempo legível: ficam na ordem do arquivo")


def _blocks(lines: list[str]) -> Iterator[list[str]]:
    """Split into blocks: by blank lines, and before a time that follows a cue without one."""
    block: list[str] = []
    for line in lines:
        if not line.strip():
            if block:
                yield block
            block = []
            continue
        if _TIMING.match(line) and any("-->" in each for each in block):
            yield block
            block = []
        block.append(line)
    if block:
        yield block


def _cue(start: float, end: float | None, payload: list[str]) -> Iterator[Cue]:
    """Give what each voice says in one cue."""
    stop = start if end is None else max(start, end)
    for speaker, text in _voices("\n".join(payload)):
        if text:
            yield Cue(start, stop, speaker, text)


def _voices(payload: str) -> Iterator[tuple[str, str]]:
    speaker, words, at = "", "", 0
    for tag in _TAG.finditer(payload):
        words += payload[at : tag.start()]
        at = tag.end()
        voice = None if tag[1] else _VOICE.fullmatch(tag[2].strip())
        if voice is not None:
            yield speaker, _plain(words)
            speaker, words = _plain(voice[1]), ""
        elif tag[1] and tag[2].strip() == "v":
            yield speaker, _plain(words)
            speaker, words = "", ""
        elif _INLINE.match(tag[1] + tag[2].strip()) is None:
            words += tag[0]  # no tag of the format: somebody's words, such as <3 or <nome>
    yield speaker, _plain(words + payload[at:])


def _plain(words: str) -> str:
    with suppress(ValueError):  # a numeric reference of thousands of digits
        words = unescape(words)
    return " ".join(words.split())


def _with_names(cues: list[Cue]) -> list[Cue]:
    """Read `Name: words` as a speaker, where most cues have it and the names return."""
    named = [_NAMED.match(cue.text) for cue in cues]
    names = [match[1].casefold() for match in named if match is not None]
    if len(names) < 2 or len(names) * 2 < len(cues) or len(set(names)) > max(2, len(names) // 2):  # noqa: PLR2004 - two who talk
        return cues
    speaker = ""
    found = []
    for cue, match in zip(cues, named, strict=True):
        speaker = match[1] if match is not None else speaker
        found.append(Cue(cue.start, cue.end, speaker, cue.text[match.end() :] if match is not None else cue.text))
    return found


def _seconds(parts: tuple[str | None, ...]) -> float:
    hours, minutes, seconds, fraction = parts
    whole = int(hours or 0) * 3600 + int(minutes or 0) * 60 + int(seconds or 0)
    return float(f"{whole}.{(fraction or '0')}")
