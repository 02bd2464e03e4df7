"""What a file really is, by its first bytes: what it calls itself is the sender's word.

The kinds that customers send, and those that somebody would want to be warned of. What is not known is not guessed.

Source: the formats' own documents; the list of file signatures that everybody knows.
"""

import re
from typing import Final

__all__ = ["real_type"]

_BEGINNINGS: Final[tuple[tuple[bytes, str], ...]] = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"II*\0", "image/tiff"),
    (b"MM\0*", "image/tiff"),
    (b"BM", "image/bmp"),
    (b"\0\0\1\0", "image/x-icon"),
    (b"8BPS", "image/vnd.adobe.photoshop"),
    (b"ID3", "audio/mpeg"),
    (b"OggS", "audio/ogg"),
    (b"fLaC", "audio/flac"),
    (b"#!AMR", "audio/amr"),
    (b"\x1aE\xdf\xa3", "video/x-matroska"),
    (b"FLV\1", "video/x-flv"),
    (b"Rar!\x1a\7", "application/vnd.rar"),
    (b"7z\xbc\xaf'\x1c", "application/x-7z-compressed"),
    (b"\x1f\x8b", "application/gzip"),
    (b"BZh", "application/x-bzip2"),
    (b"\xfd7zXZ\0", "application/x-xz"),
    (b"MSCF", "application/vnd.ms-cab-compressed"),
    (b"{\\rtf", "application/rtf"),
    (b"MZ", "application/vnd.microsoft.portable-executable"),
    (b"\x7fELF", "application/x-executable"),
    (b"L\0\0\0\1\x14\2\0", "application/x-ms-shortcut"),
    (b"\xca\xfe\xba\xbe", "application/java-vm"),
    (b"\x78\x9f\x3e\x22", "application/ms-tnef"),
    (b"%!PS", "application/postscript"),
    (b"\xc5\xd0\xd3\xc6", "application/postscript"),
    (b"wOFF", "font/woff"),
    (b"SQLite format 3\0", "application/vnd.sqlite3"),
    (b"BEGIN:VCALENDAR", "text/calendar"),
    (b"BEGIN:VCARD", "text/vcard"),
    (b"-----BEGIN PGP MESSAGE", "application/pgp-encrypted"),
    (b"-----BEGIN PGP SIGNATURE", "application/pgp-signature"),
)
_BMP_RESERVED: Final = slice(6, 10)
_OFFICE: Final = "application/vnd.openxmlformats-officedocument"
_IN_ZIP: Final = (
    (b"word/", f"{_OFFICE}.wordprocessingml.document"),
    (b"xl/", f"{_OFFICE}.spreadsheetml.sheet"),
    (b"ppt/", f"{_OFFICE}.presentationml.presentation"),
    (b"AndroidManifest.xml", "application/vnd.android.package-archive"),
    (b"META-INF/MANIFEST.MF", "application/java-archive"),
)
_MIMETYPE: Final = re.compile(
    rb"mimetype(?:.{0,40}?)((?:application|image)/[a-z0-9.+-]{3,80})(?=PK|[^a-z0-9.+-])", re.DOTALL
)
_IN_COMPOUND: Final = (
    ("__properties_version1.0", "application/vnd.ms-outlook"),
    ("WordDocument", "application/msword"),
    ("Workbook", "application/vnd.ms-excel"),
    ("Book", "application/vnd.ms-excel"),
    ("PowerPoint Document", "application/vnd.ms-powerpoint"),
)
_COMPOUND: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_BRANDS: Final = (
    (b"heic", "image/heic"), (b"heix", "image/heic"), (b"mif1", "image/heif"), (b"avif", "image/avif"),
    (b"qt", "video/quicktime"), (b"M4A", "audio/mp4"), (b"3g", "video/3gpp"),
)  # fmt: skip
_RIFF: Final = {b"WEBP": "image/webp", b"WAVE": "audio/wav", b"AVI ": "video/x-msvideo"}
_MARKUP: Final = re.compile(
    rb"\s*(?:(<!doctype html|<html[\s>])|(?:<\?xml[^>]{0,200}\?>\s*)?(?:<!--.{0,500}?-->\s*)?"
    rb"(?:<!DOCTYPE svg[^>]{0,300}>\s*)?(<svg[\s>])|(<\?xml))",
    re.IGNORECASE | re.DOTALL,
)
_LOOKED_AT: Final = 4096
_FAR: Final = 512 * 1024


def real_type(content: bytes) -> str | None:
    """Give the media type that a file's bytes speak for; None where they tell nothing."""
    if content.startswith((b"PK\3\4", b"PK\5\6")):
        return _in_zip(content)
    if content.startswith(_COMPOUND):
        return _in_compound(content)
    start = content[:_LOOKED_AT]
    return _by_beginning(start) or _by_container(start) or _by_markup(start)


def _by_beginning(start: bytes) -> str | None:
    for beginning, kind in _BEGINNINGS:
        if start.startswith(beginning) and (kind != "image/bmp" or start[_BMP_RESERVED] == b"\0\0\0\0"):
            return kind
    return None


def _by_container(start: bytes) -> str | None:
    """Tell what names its kind after its first bytes, or has it in a few bits."""
    if start[4:8] == b"ftyp":
        return next((kind for brand, kind in _BRANDS if start[8:12].startswith(brand)), "video/mp4")
    if start[:4] == b"RIFF":
        return _RIFF.get(start[8:12])
    if len(start) > 2 and start[0] == 0xFF and start[1] & 0xE6 == 0xE2:  # noqa: PLR2004 - a frame of MPEG audio
        return "audio/mpeg"
    return "application/pdf" if b"%PDF-" in start[:1024] else None  # readers allow some bytes before it


def _by_markup(start: bytes) -> str | None:
    found = _MARKUP.match(start.removeprefix(b"\xef\xbb\xbf"))
    if found is None:
        return None
    return "text/html" if found[1] else "image/svg+xml" if found[2] else "application/xml"


def _in_zip(content: bytes) -> str:
    if found := _MIMETYPE.match(content, 30, 300):
        return found[1].decode("ascii")
    names = content[:_FAR] + content[-_FAR:]
    if b"[Content_Types].xml" in names or b"META-INF/" in names or b"AndroidManifest" in names:
        for name, kind in _IN_ZIP:
            if name in names:
                return kind
    return "application/zip"


def _in_compound(content: bytes) -> str:
    for name, kind in _IN_COMPOUND:
        if name.encode("utf-16-le") in content:
            return kind
    return "application/x-ole-storage"
