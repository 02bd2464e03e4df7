"""What mailers call charsets, and what they mean: Python's name for each.

Who says iso-8859-1 writes cp1252, who says gb2312 writes gb18030, who says shift_jis writes cp932. Names come with
quotation marks, with spaces, with the next parameter stuck to them (`iso-8859-1 format=flowed`).

Source: WHATWG "Encoding" (labels); names as met.
"""

import codecs
import re
from functools import lru_cache
from typing import Final

__all__ = ["codec_of", "settled"]

_ALIASES: Final = {
    "iso-8859-1": "cp1252",
    "iso8859-1": "cp1252",
    "iso-8859-1-windows-3.1-latin-1": "cp1252",
    "latin-1": "cp1252",
    "latin1": "cp1252",
    "l1": "cp1252",
    "iso-8859-9": "cp1254",
    "latin5": "cp1254",
    "iso-8859-11": "cp874",
    "tis-620": "cp874",
    "tis620": "cp874",
    "windows-874": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "cp936": "gb18030",
    "windows-936": "gb18030",
    "gb_2312-80": "gb18030",
    "csgb2312": "gb18030",
    "x-gbk": "gb18030",
    "euc-cn": "gb18030",
    "hz-gb-2312": "hz",
    "ks_c_5601-1987": "cp949",
    "ks_c_5601": "cp949",
    "ksc5601": "cp949",
    "ks_c_5601-1989": "cp949",
    "euc-kr": "cp949",
    "windows-949": "cp949",
    "x-windows-949": "cp949",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "sjis": "cp932",
    "x-sjis": "cp932",
    "windows-31j": "cp932",
    "ms932": "cp932",
    "x-euc-jp": "euc_jp",
    "big5": "big5hkscs",
    "big-5": "big5hkscs",
    "cn-big5": "big5hkscs",
    "x-x-big5": "big5hkscs",
    "cp950": "big5hkscs",
    "windows-950": "big5hkscs",
    "iso-8859-8-i": "cp1255",
    "iso-8859-8": "cp1255",
    "iso-8859-8-e": "cp1255",
    "logical": "cp1255",
    "iso-8859-6-i": "iso8859-6",
    "iso-8859-6-e": "iso8859-6",
    "x-cp1251": "cp1251",
    "x-cp1250": "cp1250",
    "x-cp1252": "cp1252",
    "ansi": "cp1252",
    "koi8-ru": "koi8-u",
    "koi": "koi8-r",
    "koi8": "koi8-r",
    "cp-866": "cp866",
    "unicode-1-1-utf-7": "utf-7",
    "x-unicode-2-0-utf-7": "utf-7",
    "unicode-1-1-utf-8": "utf-8",
    "utf8": "utf-8",
    "utf-8mb4": "utf-8",
    "utf8mb4": "utf-8",
    "x-mac-roman": "mac-roman",
    "macintosh": "mac-roman",
    "mac": "mac-roman",
    "x-mac-ce": "mac-latin2",
    "x-mac-centraleurroman": "mac-latin2",
    "x-mac-cyrillic": "mac-cyrillic",
    "x-mac-ukrainian": "mac-cyrillic",
    "x-mac-greek": "mac-greek",
    "x-mac-turkish": "mac-turkish",
    "ucs-2": "utf-16",
    "iso-10646-ucs-2": "utf-16",
    "unicode": "utf-16",
    "iso-2022-jp-ms": "iso-2022-jp",
    "cp50220": "iso-2022-jp",
    "cp50221": "iso-2022-jp",
    "x-windows-iso2022jp": "iso-2022-jp",
}
_MEANS_NOTHING: Final = frozenset(
    {
        "us-ascii",
        "ascii",
        "ansi_x3.4-1968",
        "iso646-us",
        "unknown-8bit",
        "unknown8bit",
        "x-unknown",
        "unknown",
        "default",
    }
    | {"default_charset", "default-charset", "8bit", "7bit", "none", "null", "x-user-defined", "auto", "utf", "charset"}
    | {"undefined", "mbcs", "oem", ""}
)
_NO_CHARSET: Final = frozenset({"idna", "punycode", "unicode_escape", "raw_unicode_escape", "utf_8_sig", "undefined"})
"""Codecs of Python that no mail means, one of them slow on purpose-made input."""
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9_.:+$-]{0,60}")


def settled(declared: str | None) -> str:
    """Give a declared name in lower case, without quotation marks and what is stuck to it; empty: there is none."""
    found = _NAME.search((declared or "")[:200].lower().replace("\u2010", "-"))
    return found[0].rstrip(".:-_") if found else ""


@lru_cache(512)
def codec_of(label: str) -> str | None:
    """Find Python's name of a charset; None where it says nothing or is unknown."""
    if label in _MEANS_NOTHING:
        return None
    for name in (label, label.replace("_", "-"), re.sub(r"^(?:x-|cs)|(?:http-equiv|text|format).*$", "", label)):
        try:
            found = codecs.lookup(_ALIASES.get(name, name))
        except (LookupError, ValueError):  # a NUL in the name is a ValueError
            continue
        if getattr(found, "_is_text_encoding", True) and found.name.replace("-", "_") not in _NO_CHARSET:
            return found.name
    return None
