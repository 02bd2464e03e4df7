# ruff: noqa: RUF001 - letters of other alphabets are meant as such
"""The paragraphs that organisations put below every mail: secrecy, mistaken delivery, trees.

They are cut at the very end only, and only where the first of them begins as such paragraphs do *and* goes on so:
"Esta mensagem é uma reclamação sobre dados confidenciais" begins like one and is none. A text's first paragraph never
is.
"""

import re
from collections.abc import Sequence
from typing import Final

__all__ = ["without_disclaimers"]

_MOST_PARAGRAPHS: Final = 8
_LONGEST: Final = 6000
_LETTER: Final = re.compile(r"[^\W_]")
_TITLE: Final = re.compile(
    r"[\W_]*(?:aviso (?:legal|de (?:confidencialidade|privacidade|sigilo)|importante)|nota de confidencialidade"
    r"|(?:declara[çc][ãa]o|cl[áa]usula|termo) de (?:confidencialidade|sigilo|responsabilidade)"
    r"|confidencialidade|confidentiality(?: notice| note| statement)?|disclaimer|legal (?:notice|disclaimer)"
    r"|privileged and confidential|aviso de confidencialidad|advertencia legal|avis de confidentialit[ée]"
    r"|avertissement|rechtlicher hinweis|vertraulichkeitshinweis|avvertenze?|riservatezza|vertrouwelijkheid"
    r"|klauzula poufności|免责声明|免責聲明)\b[\W_]{0,6}(?:/[^.]{0,60})?[\W_]*",
    re.IGNORECASE,
)
_BEGINS: Final = re.compile(
    r"[\W_]*(?:(?:aviso|nota|disclaimer|importante|confidencial\w*|confidential\w*|vertraulich\w*|avertissement"
    r"|avis|riservatezza|legal notice)\b[^.]{0,60}?[:\-–—.]\s*)?"
    r"(?:(?:est[ae]s?|a presente|o presente|(?:todo )?o conte[úu]do dest[ae]"
    r"|todo o conte[úu]do dest[ae])\s+(?:\(?sua\)?\s+)?(?:mensage[mn]s?|e-?mails?|correios?|comunica[çc][ãa]o"
    r"|transmiss[ãa]o|informa[çc][õo]es?|documento)\b[^.]{0,160}?"
    r"(?:(?:pode[m]? conter|cont[ée]m)\b[^.]{0,120}?(?:informa|confiden|privileg|sigil|reservad|dados)"
    r"|[ée] (?:estritamente |de uso |de car[áa]ter )?(?:confidencia"
    r"|reservad|privilegiad|exclusiv|sigilos|dirigid|destinad|para uso)|s[ãa]o (?:confidencia|de uso|reservad"
    r"|dirigid|sigilos|destinad)|destina(?:m)?-se|foi enviad|dirige-se|foi (?:verificad|escanead))"
    r"|as informa[çc][õo]es (?:contidas|existentes|constantes|aqui|transmitidas|nesta|neste)"
    r"|se voc[êe] (?:n[ãa]o (?:for|[ée]) o destinat|recebeu (?:esta|este) (?:mensagem|e-?mail) por (?:engano"
    r"|erro))|caso (?:voc[êe] )?(?:n[ãa]o seja o destinat|tenha recebido (?:esta|este))"
    r"|this (?:e-?mail|message|communication|transmission|mail|correspondence)\b[^.]{0,120}?(?:may contain"
    r"|contains|is intended|are intended|is confidential|are confidential|is for the|is privileged|is only"
    r"|is sent|is strictly)"
    r"|the (?:information|contents?|materials?) (?:contained|transmitted|of this|in this)|if you (?:are not the"
    r"|have received this (?:e-?mail|message|communication))|any (?:views|opinions) (?:expressed|or opinions)"
    r"|(?:este|el presente) (?:mensaje|correo|e-?mail)\b[^.]{0,120}?(?:puede contener|contiene|es confidencial"
    r"|se dirige|est[áa] dirigid|va dirigid|y (?:sus|cualquier))|la informaci[óo]n conten"
    r"|si (?:usted )?(?:no es el destinatario|ha recibido este)"
    r"|(?:ce|le pr[ée]sent) (?:message|courriel|e-?mail|courrier)\b[^.]{0,120}?(?:peut contenir|contient"
    r"|est (?:confidentiel|destin|strictement|[ée]tabli)|et (?:toutes|ses|tout))|si vous (?:n['’][êe]tes pas"
    r"|avez reçu ce)"
    r"|(?:diese|die) (?:e-?mail|nachricht|mail|information\w*)\b[^.]{0,120}?(?:enthält|enth[aä]lt|kann"
    r"|ist (?:vertraulich|ausschlie|nur)|sind vertraulich|ist f[üu]r)|wenn sie nicht der (?:richtige"
    r"|beabsichtigte)|der inhalt dieser"
    r"|(?:questo|questa|il presente|le informazioni)\b[^.]{0,120}?(?:può contenere|contiene|contenut[ei]"
    r"|[eè] (?:riservat|destinat|confidenzial)|sono (?:riservat|dirett))|(?:de informatie|dit (?:bericht"
    r"|e-?mail)|deze (?:e-?mail|mail))\b[^.]{0,120}?(?:vertrouwelijk|bestemd|uitsluitend|bevat)"
    r"|(?:niniejsza|ta|treść tej) (?:wiadomo[śs][ćc]|wiadomości|korespondencja)\b[^.]{0,120}?(?:poufn"
    r"|przeznaczon|zawiera)|(?:это|данное|настоящее) (?:сообщение|письмо"
    r"|электронное)[^.]{0,160}?(?:конфиденциальн|предназначен|содержит)|(?:本|此)(?:电子)?(?:邮件|郵件"
    r"|电邮)[^。]{0,80}(?:保密|机密|機密)|このメール[^。]{0,80}(?:機密|秘密)"
    r"|antes de imprimir|before printing|pense (?:no meio ambiente|antes de imprimir)|please (?:consider|think)"
    r"|avant d['’]imprimer|think before you print|save (?:paper|a tree))",
    re.IGNORECASE,
)
_GOES_ON: Final = re.compile(
    r"confiden[ct]ia|privileg|destinat[áa]ri|uso exclusivo|exclusivamente|sigilo|intended|recipient|imprimir"
    r"|printing|print\b|imprimer|destinataire|vertraulich|empf[äa]nger|riservat|vertrouwelijk"
    r"|geadresseerde|poufn|adresat|конфиденциальн|адресат|meio ambiente|medio ambiente|environment"
    r"|environnement|umwelt|ambiente|desconsidere|notify the sender|notifique|avise|lgpd|responsab|liab\w+"
    r"|haftung|por engano|por erro|in error|保密|机密|機密|秘密|v[íi]rus",
    re.IGNORECASE,
)


def without_disclaimers(lines: Sequence[str]) -> list[str]:
    """Cut the paragraphs at the end that are disclaimers, their titles, and the rulers between them."""
    paragraphs = _last_paragraphs(lines)
    cut: int | None = None
    for first, last in paragraphs:
        words = " ".join(line.strip() for line in lines[first : min(last, first + _LONGEST)])[:_LONGEST]
        if first == 0:
            break
        if (
            (_TITLE.fullmatch(words[:200]) and cut is not None)
            or (_BEGINS.match(words) and _GOES_ON.search(words))
            or _begins_with_title(lines[first:last], words)
        ):
            cut = first
        elif not _GOES_ON.search(words):
            break
    return list(lines if cut is None else lines[:cut])


def _begins_with_title(paragraph: Sequence[str], words: str) -> bool:
    return (
        len(paragraph) > 1 and _TITLE.fullmatch(paragraph[0][:200]) is not None and _GOES_ON.search(words) is not None
    )


def _last_paragraphs(lines: Sequence[str]) -> list[tuple[int, int]]:
    """Give the first and last line of each, from the end."""
    found: list[tuple[int, int]] = []
    end = len(lines)
    while end > 0 and len(found) < _MOST_PARAGRAPHS:
        while end > 0 and not _LETTER.search(lines[end - 1]):
            end -= 1
        first = end
        while first > 0 and _LETTER.search(lines[first - 1]):
            first -= 1
        if first < end:
            found.append((first, end))
        end = first
    return found
