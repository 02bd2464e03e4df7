"""PGP within a text: a clear signature is taken off, an encrypted block is told of.

The signature is not verified: who signs is heard as anybody is.

Source: RFC 9580, 7 (cleartext signature framework).
"""

import re
from typing import Final

__all__ = ["without_signature_block"]

_BEGIN: Final = "-----BEGIN PGP SIGNED MESSAGE-----"
_SIGNATURE: Final = "-----BEGIN PGP SIGNATURE-----"
_END: Final = "-----END PGP SIGNATURE-----"
_ENCRYPTED: Final = "-----BEGIN PGP MESSAGE-----"
_HEADER: Final = re.compile(r"(?:Hash|Charset|Comment|Version|NotDashEscaped):.{0,200}", re.IGNORECASE)


def without_signature_block(text: str) -> tuple[str, str | None]:
    """Give the text that was signed, with what stands around it; and what is to be said, if anything."""
    if "-----BEGIN PGP " not in text:
        return text, None
    lines = text.split("\n")
    kept: list[str] = []
    is_signed = is_head = is_signature = False
    for line in lines:
        bare = line.rstrip()
        if is_signature:
            is_signature = bare != _END
        elif bare == _SIGNATURE and (is_signed or _END in text):
            is_signed, is_signature = False, True
        elif bare == _BEGIN:
            is_signed = is_head = True
        elif is_head and (not bare or _HEADER.fullmatch(bare)):
            is_head = bool(bare)
        else:
            is_head = False
            kept.append(line.removeprefix("- ") if is_signed else line)
    defect = "mensagem cifrada (PGP): uma pessoa precisa abrir" if _ENCRYPTED in lines else None
    return "\n".join(kept), defect
