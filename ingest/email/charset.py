"""Bytes to text, whatever the mail says about them. Never raises, never loses a byte's trace.

UTF-8 first: bytes that are valid UTF-8 and not ASCII are hardly ever anything else, whereas declarations are often
wrong. Then what was declared, under the names that mailers mean (`labels.py`), unless its text is gibberish beside
another charset's (`guess.py`). Then that guess.

Source: WHATWG "Encoding" (labels); field measurements on awkward mails.
"""

import codecs
import re
from collections import Counter
from typing import Final

from ingest.email.guess import best_charset, is_better
from ingest.email.iso2022 import decode_iso2022jp, is_iso2022jp
from ingest.email.labels import codec_of, settled
from ingest.email.mojibake import mended

__all__ = ["clean", "decode"]

_SEVEN_BIT: Final = ("iso-2022", "utf-7", "hz", "unicode-1-1-utf-7", "x-unicode-2-0-utf-7", "cp5022", "csiso2022")
_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_MANY_BYTES: Final = frozenset({"gb18030", "big5hkscs", "cp932", "euc_jp", "cp949", "utf-8", "utf-16", "utf-32", "hz"})
_CONTROLS: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_PAIRS_ONLY: Final = re.compile(rb"(?:[\x00-\x7f]|[\xc2-\xdf][\x80-\xbf])*+")
_EAST_ASIAN: Final = re.compile("[\x00-\x7f\u3000-\u30ff\u4e00-\u9fff\uac00-\ud7af\uff00-\uffef]*")
_INSIDE_A_WORD: Final = re.compile("[A-Za-z][\u4e00-\u9fff\uac00-\ud7af][A-Za-z]")
"""A lone sign between Latin letters: an accented letter of another charset, as in `Müller`."""
_FEW: Final = 12
_MOST_LOST: Final = 0.02
_NULS: Final = 3
_FAR_FEWER: Final = 20
_NEARLY_ALL: Final = 0.8
_SAMPLE: Final = 16 * 1024


def decode(data: bytes, declared: str | None = None) -> tuple[str, str | None]:
    """Give the text, and what was wrong with the declared charset, if anything."""
    text, defect = _decode(data, settled(declared))
    text, was_broken = mended(text)
    if was_broken:
        defect = defect or "codificação do texto: utf-8 lido como cp1252 no caminho, desfeito"
    return text, defect


def clean(text: str) -> str:
    """Take out what no reader can show and no database takes: controls, half surrogates. Lines end with a newline."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _CONTROLS.sub("", text)


def _decode(data: bytes, label: str) -> tuple[str, str | None]:
    for bom, marked in _BOMS:
        if data.startswith(bom) and (text := _strictly(data, marked)) is not None:
            return text, None
    name = codec_of(label)
    if (text := _stateful(data, label, name)) is not None:
        return text, None
    if data.isascii():
        return data.decode("ascii"), None
    return _as_utf8(data, label, name) or _as_declared(data, label, name) or _guess(data, label, name)


def _as_utf8(data: bytes, label: str, name: str | None) -> tuple[str, str | None] | None:
    if (text := _strictly(data, "utf-8")) is None:
        return None
    if name in _MANY_BYTES and name != "utf-8" and (other := _few_signs(data, name)) is not None:
        return other, None
    return text, None if name in {"utf-8", None} else _defect(label, "utf-8")


def _as_declared(data: bytes, label: str, name: str | None) -> tuple[str, str | None] | None:
    if name is None or name == "utf-8" or (text := _strictly(data, name)) is None:
        return None
    if name not in _MANY_BYTES and (likelier := _likelier(data, name)) is not None:
        return likelier[0], _defect(label, f"{likelier[1]}, pela aparência")
    return text, None


def _strictly(data: bytes, name: str) -> str | None:
    try:
        return data.decode(name)
    except (UnicodeError, ValueError):
        return None


def _few_signs(data: bytes, name: str) -> str | None:
    """Give a short East Asian text that happens to be valid UTF-8 too (as `联通` in GBK is)."""
    high = sum(byte > 0x7F for byte in data[:100])  # noqa: PLR2004 - ASCII's last
    if high > _FEW or len(data) > 100 or not _PAIRS_ONLY.fullmatch(data):  # noqa: PLR2004 - bytes of a header's word
        return None
    text = _strictly(data, name)
    is_theirs = text is not None and _EAST_ASIAN.fullmatch(text) and not _INSIDE_A_WORD.search(text)
    return text if is_theirs else None


def _likelier(data: bytes, name: str) -> tuple[str, str] | None:
    """Give the text in another charset than the declared one, where that is gibberish beside it."""
    best = best_charset(data)
    if best == name or not is_better(data, best, name):
        return None
    text = data.decode(best, "replace")
    return (text, best) if text.count("\ufffd") <= _MOST_LOST * len(text) else None


def _stateful(data: bytes, label: str, name: str | None) -> str | None:
    """Decode charsets whose bytes look like ASCII, and those with NULs: where the bytes bear the declaration out."""
    if is_iso2022jp(data):
        return decode_iso2022jp(data)
    if name is not None and label.startswith(_SEVEN_BIT) and data.isascii():
        return _strictly(data, name)
    if b"\0" in data:
        if name is not None and name.startswith("utf-32"):
            return _strictly(data, name)
        if (order := _utf16_order(data, is_declared=(name or "").startswith("utf-16"))) is not None:
            return data[: len(data) // 2 * 2].decode(order, "replace")
        if name is not None and name.startswith("utf-16"):
            return _strictly(data, name)
    return None


def _utf16_order(data: bytes, *, is_declared: bool) -> str | None:
    """Tell UTF-16 without a mark by where its NULs are: every second byte is one of two or three."""
    sample = data[:_SAMPLE]
    for high, low, order in ((sample[1::2], sample[::2], "utf-16-le"), (sample[::2], sample[1::2], "utf-16-be")):
        nuls = high.count(0)
        if nuls <= low.count(0) * _FAR_FEWER:
            continue
        few = sum(count for _, count in Counter(high).most_common(3))
        if is_declared or (nuls >= _NULS and few >= _NEARLY_ALL * len(high)):
            return order
    return None


def _guess(data: bytes, label: str, name: str | None) -> tuple[str, str]:
    if name in {None, "utf-8"} and (mixed := _line_by_line(data)) is not None:
        return mixed[0], _defect(label, f"utf-8 misturado com {mixed[1]}")
    if name == "utf-8" and (text := _cut_short(data)) is not None:
        return text, "codificação do texto: cortada no meio de uma letra"
    if name is not None:
        text = data.decode(name, "replace")
        if text.count("\ufffd") <= _MOST_LOST * len(text):
            return text, f"codificação do texto: alguns bytes não são {_shown(label)}"
    best = best_charset(data)
    if best == name:
        return data.decode(best, "replace"), f"codificação do texto: alguns bytes não são {_shown(label)}"
    found = _western(data) if best == "cp1252" else data.decode(best, "replace")
    return found, _defect(label, best if best == "cp1252" else f"{best}, pela aparência")


def _cut_short(data: bytes) -> str | None:
    """Decode UTF-8 that ends inside a character."""
    for missing in (1, 2, 3):
        rest = data[:-missing]
        if not rest.isascii() and (text := _strictly(rest, "utf-8")) is not None:
            return f"{text}\ufffd"
    return None


def _line_by_line(data: bytes) -> tuple[str, str] | None:
    """Decode text whose lines come from different programs: more UTF-8 than not. Gives the others' charset too."""
    lines = data.split(b"\n")
    texts = [_strictly(line, "utf-8") for line in lines]
    high = [text for line, text in zip(lines, texts, strict=True) if not line.isascii()]
    if sum(text is not None for text in high) * 2 < len(high):
        return None
    best = best_charset(b"\n".join(line for line, text in zip(lines, texts, strict=True) if text is None))
    if best == "cp1252":  # even within a line the two are told apart
        return data.decode("utf-8", _AS_WESTERN), best
    each = (line.decode(best, "replace") if text is None else text for line, text in zip(lines, texts, strict=True))
    return "\n".join(each), best


def _western_bytes(error: UnicodeError) -> tuple[str, int]:
    """Read what is no UTF-8 as cp1252."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return _western(error.object[error.start : error.end]), error.end


_AS_WESTERN: Final = "ouvidor.western"
codecs.register_error(_AS_WESTERN, _western_bytes)


def _western(data: bytes) -> str:
    """Decode as cp1252; its five empty places as the controls that they are elsewhere."""
    try:
        return data.decode("cp1252")
    except UnicodeDecodeError:
        return "".join(_western_sign(byte) for byte in data) if len(data) < _SAMPLE else data.decode("latin-1")


def _western_sign(byte: int) -> str:
    try:
        return bytes((byte,)).decode("cp1252")
    except UnicodeDecodeError:
        return chr(byte)


def _defect(label: str, found: str) -> str:
    said = f"declarada como {_shown(label)}" if label else "não declarada"
    return f"codificação do texto: {said}, mas é {found}"


def _shown(label: str) -> str:
    return re.sub(r"[^!-~]", "?", label[:40])
