"""Bytes to text, whatever the mail says about them. Never raises, never loses a byte's trace.

UTF-8 first: bytes that are valid UTF-8 and not ASCII are hardly ever anything else, whereas declarations are often
wrong. Then what was declared, under the names that mailers mean (who says iso-8859-1 writes cp1252, who says gb2312
writes gb18030). Then a guess: Western letters among ASCII ones are cp1252, which a statistical detector confuses with
its neighbours in short texts; the rest is `charset-normalizer`'s.

Source: WHATWG "Encoding" (labels); field measurements on awkward mails.
"""

import codecs
import re
from typing import Final

from charset_normalizer import from_bytes

__all__ = ["clean", "decode"]

_ALIASES: Final = {
    "iso-8859-1": "cp1252",
    "latin-1": "cp1252",
    "latin1": "cp1252",
    "iso-8859-9": "cp1254",
    "iso-8859-11": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "gb_2312-80": "gb18030",
    "x-gbk": "gb18030",
    "ks_c_5601-1987": "cp949",
    "euc-kr": "cp949",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "x-sjis": "cp932",
    "big5": "big5hkscs",
    "iso-8859-8-i": "iso-8859-8",
    "unicode-1-1-utf-7": "utf-7",
    "utf8": "utf-8",
    "x-mac-roman": "mac-roman",
    "macintosh": "mac-roman",
}
_MEANS_NOTHING: Final = frozenset(
    {"us-ascii", "ascii", "unknown-8bit", "x-unknown", "default", "default_charset", "8bit", ""}
)
_SEVEN_BIT: Final = ("iso-2022", "utf-7", "hz")
_JAPANESE: Final = re.compile(rb"\x1b\$[@B]|\x1b\(J")
_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_WESTERN: Final = frozenset(
    b"\xe1\xe0\xe2\xe3\xe4\xe7\xe9\xe8\xea\xeb\xed\xec\xee\xef\xf1\xf3\xf2\xf4\xf5\xf6\xfa\xf9\xfb\xfc\xdf"
    b"\xc1\xc0\xc2\xc3\xc4\xc7\xc9\xc8\xca\xcd\xd1\xd3\xd4\xd5\xd6\xda\xdc"
    b"\x80\x82\x84\x85\x8b\x91\x92\x93\x94\x95\x96\x97\x99\x9b\xa0\xa1\xa3\xa7\xa9\xaa\xab\xad\xae\xb0\xb2\xb3\xb4"
    b"\xb7\xb9\xba\xbb\xbc\xbd\xbe\xbf"
)
_SAMPLE: Final = 16 * 1024
_CONTROLS: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_MOST_LOST: Final = 0.02
_ASCII_SHARE: Final = 0.5


def decode(data: bytes, declared: str | None = None) -> tuple[str, str | None]:
    """Give the text, and what was wrong with the declared charset, if anything."""
    label = (declared or "").strip().strip("\"'").lower()
    for bom, marked in _BOMS:
        if data.startswith(bom) and (text := _strictly(data, marked)) is not None:
            return text, None
    name = _codec(label)
    if (text := _stateful(data, label, name)) is not None:
        return text, None
    if data.isascii():
        return data.decode("ascii"), None
    if (text := _strictly(data, "utf-8")) is not None:
        return text, None if name in {"utf-8", None} else _defect(label, "utf-8")
    if name is not None and name != "utf-8" and (text := _strictly(data, name)) is not None:
        return text, None
    return _guess(data, label, name)


def clean(text: str) -> str:
    """Take out what no reader can show and no database takes: controls, half surrogates. Lines end with a newline."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _CONTROLS.sub("", text)


def _codec(label: str) -> str | None:
    """Find Python's name of a charset; None where it says nothing or is unknown."""
    if label in _MEANS_NOTHING:
        return None
    name = _ALIASES.get(label, label)
    try:
        found = codecs.lookup(name)
    except (LookupError, ValueError):  # a NUL in the name is a ValueError
        return None
    if not getattr(found, "_is_text_encoding", True):
        return None  # base64, zip: Python calls them codecs too
    return found.name


def _strictly(data: bytes, name: str) -> str | None:
    try:
        return data.decode(name)
    except (UnicodeError, ValueError):
        return None


def _stateful(data: bytes, label: str, name: str | None) -> str | None:
    """Decode charsets whose bytes look like ASCII, and those with NULs: where the bytes bear the declaration out."""
    if name is not None and label.startswith(_SEVEN_BIT) and data.isascii():
        return _strictly(data, name)
    if name is not None and label.startswith(("utf-16", "utf-32", "ucs-2")) and b"\0" in data:
        return _strictly(data, name)
    if _JAPANESE.search(data) and data.isascii():
        return _strictly(data, "iso2022_jp_2")
    return None


def _guess(data: bytes, label: str, name: str | None) -> tuple[str, str]:
    if name in {None, "utf-8"} and (text := _line_by_line(data)) is not None:
        return text, _defect(label, "utf-8 misturado com cp1252")
    if name == "utf-8" and (text := _cut_short(data)) is not None:
        return text, "codificação do texto: cortada no meio de uma letra"
    if name is not None:
        text = data.decode(name, "replace")
        if text.count("\ufffd") <= _MOST_LOST * len(text):
            return text, f"codificação do texto: alguns bytes não são {_shown(label)}"
    if _is_western(data):
        return _western(data), _defect(label, "cp1252")
    best = from_bytes(data[:_SAMPLE], steps=5, chunk_size=512, enable_fallback=False).best()
    if best is not None and (text := _strictly(data, best.encoding)) is not None:
        return text, _defect(label, f"{best.encoding}, pela aparência")
    return _western(data), _defect(label, "desconhecida: lida como cp1252")


def _cut_short(data: bytes) -> str | None:
    """Decode UTF-8 that ends inside a character."""
    for missing in (1, 2, 3):
        rest = data[:-missing]
        if not rest.isascii() and (text := _strictly(rest, "utf-8")) is not None:
            return f"{text}\ufffd"
    return None


def _line_by_line(data: bytes) -> str | None:
    """Decode text whose lines come from different programs: more UTF-8 than not."""
    lines = data.split(b"\n")
    texts = [_strictly(line, "utf-8") for line in lines]
    high = [text for line, text in zip(lines, texts, strict=True) if not line.isascii()]
    if sum(text is not None for text in high) * 2 < len(high):
        return None
    return "\n".join(_western(line) if text is None else text for line, text in zip(lines, texts, strict=True))


def _is_western(data: bytes) -> bool:
    """Tell whether the bytes above ASCII are Western letters and marks, and fewer than the ASCII letters."""
    high = data.translate(None, bytes(range(128)))
    letters = len(re.findall(rb"[A-Za-z]", data[: 64 * _SAMPLE]))
    return len(high[: 64 * _SAMPLE]) <= letters * _ASCII_SHARE and frozenset(high) <= _WESTERN


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
