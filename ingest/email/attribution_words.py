# ruff: noqa: RUF001 - letters of other alphabets are meant as such
"""The words by which mail programs say who wrote what they quote ("Em … Ana escreveu:"), in their languages.

Only the words: how they are used is in `attributions.py`. A new language is a word in each list. They are told apart
from a customer's own "o gerente me escreveu:" by what mail programs always add: a date, an hour, an address.

Source: the lines that Gmail, Apple Mail, Outlook, Thunderbird, Yahoo, Zimbra, Roundcube, mail.ru, QQ, Naver write.
"""

import re
from typing import Final

__all__ = [
    "ADDRESS",
    "CITING",
    "DATE",
    "LONE_ADDRESS",
    "NAMED_ADDRESS",
    "NO_NAME",
    "STRICT_BEGIN",
    "TIME",
    "USER",
    "VERB",
    "VERB_AT_END",
    "VERB_WITHOUT_COLON",
]

_WROTE: Final = (
    r"escreveu|escreveste|escribi[óo]|escribiu|ha escrito|wrote|writes|has written|a [ée]crit|[ée]crivait"
    r"|schrieb|schrieben Sie|schreibt|geschrieben|ha scritto|scrisse|schreef|het volgende geschreven"
    r"|napisał(?:\(a\)|a|/a|\(-a\))?|pisze|на?писал(?:\(а\)|а)?|пишет|написав|пише|написала"
    r"|写道|寫道|撰写|のメール|さんは書きました|は書きました|のメッセージ|작성|님이 쓴 글|썼습니다"
    r"|skrev(?: f[øö]l(?:gende|jande))?|kirjoitti|nap[ií]?sal(?:\(a\)|a)?|(?:şun(?:u|ları) )?yazdı"
    r"|(?:ezt )?írta(?: \([^()]*\))?"
    r"|a scris|va escriure|ha escrit|έγραψε|đã viết|menulis|je (?:na)?pisa(?:o|la)|rašė|kirjutas|เขียนว่า|napsal\(a\)"
)
_NOT_TO_ME: Final = r"(?<!\bme )(?<!\bnos )(?<!\blhe )(?<!\bte )(?<!\bmi )(?<!\bm')(?<!\bm’)(?<!\bse )(?<!\bque )"
"""Of a customer's own sentence: "ele me escreveu:"."""

VERB: Final = re.compile(rf"{_NOT_TO_ME}(?<![^\W\d_])(?:{_WROTE})(?![^\W\d_])", re.IGNORECASE)
_VERB_BEFORE_JOINED: Final = r"|写道|寫道|のメール|のメッセージ|님이 작성|작성|napsal\(a\)"
VERB_AT_END: Final = re.compile(
    rf"(?:{_NOT_TO_ME}(?<![^\W\d_])(?:{_WROTE}){_VERB_BEFORE_JOINED})"
    r"(?:\s+(?:o seguinte|lo siguiente|the following|ce qui suit|folgendes|quanto segue))?\s*[:：]?\s*$",
    re.IGNORECASE,
)
VERB_WITHOUT_COLON: Final = ("wrote", "escreveu", "escribió", "a écrit", "schrieb", "ha scritto", "schreef")
"""As newer programs of Zoho's end their line, behind an address."""
USER: Final = re.compile(r"пользователь|użytkownik", re.IGNORECASE)
"""Gmail's word before the name in Russian and Polish."""
NO_NAME: Final = frozenset({"você", "vocês", "ele", "ela", "usted", "ustedes", "él", "ella", "eu", "yo"})
"""Who writes so tells a story: "às 10:00, você escreveu:"."""
ADDRESS: Final = re.compile(r"[^\s<>()\[\]\"',;:]{1,64}@[^\s<>()\[\]\"',;:]{1,255}")
NAMED_ADDRESS: Final = re.compile(
    r"[<(\[]\s*(?:mailto:)?[^\s<>()\[\]]{1,64}@[^\s<>()\[\]]{1,255}(?:\s*<mailto:[^<>\s]{1,300}>)?\s*[>)\]]"
)
LONE_ADDRESS: Final = re.compile(rf"{NAMED_ADDRESS.pattern}\s*[:：]?\s*$")
"""Gmail's form in Russian and Japanese, mail.ru's, and Gmail's of 2010: a date, a name, an address, and no verb."""
TIME: Final = re.compile(
    r"(?<!\d)\d{1,2}\s?[:h.時点시]\s?\d\d(?!\d|\s?\.\s?\d)|\d{1,2}\s?(?:[ap]\.?m\b|uur\b|Uhr\b)",
    re.IGNORECASE,
)
DATE: Final = re.compile(
    r"(?<!\d)(?:\d{1,2}\s?[./-]\s?\d{1,2}\s?[./-]\s?\d{2,4}|\d{4}\s?[./年년-]\s?\d{1,2}"
    r"|\d{1,2}[./-][^\W\d_]{3,9}\.?[./-]\d{2,4}"
    r"|\d{1,2}(?:\.|[ºª°]|er|st|nd|rd|th)?\s+(?:de\s+|d['’]\s?)?[^\W\d_]{3,12}\.?,?\s+(?:de\s+|del\s+)?\d{2,4}"
    r"|[^\W\d_]{3,12}\.?\s+\d{1,2}(?:st|nd|rd|th)?,?\s+\d{4})"
)

_WORD: Final = r"[^\W\d_]{1,14}(?:-(?:feira|f))?"
_PREPOSITION: Final = (
    r"Em(?: data)?(?: de)?|No dia|Na|À|Às|Aos|El(?: d[íi]a)?|On|At|In a message dated|In message|In article|Le"
    r"|Am|Il(?: giorno)?|In data"
    r"|Op|W dniu|Dnia|D[ňn]a|Dne|Den|På|Vào|Pe(?: data de)?|La data de|Pada(?: tanggal)?|Dana|Em|En date (?:de"
    r"|du)|Lors"
    r"|В|На|在|于|於|Er|Kl"
)
STRICT_BEGIN: Final = re.compile(
    rf"[\W_]{{0,8}}(?:(?:{_PREPOSITION})[\s,]+(?:{_WORD}[.,]{{0,2}}\s+){{0,3}}[<(\"]?\d"
    rf"|(?:{_WORD}[.,]{{0,2}}\s+)?\d|{_WORD},\s+(?:{_WORD}\.?\s+){{1,2}}\d|(?:在|于|於)\s*\d"
    rf"|(?:In message|In article)\s+<)",
    re.IGNORECASE,
)
"""As a mail program begins: a preposition and the date, or the date at once."""

CITING: Final = re.compile(
    r"\W{0,3}(?:Quoting|Citando(?: a)?|Zitat von|Zitiere|Citation de|Selon|Citaat van|Cytowanie"
    r"|Quoth)\s.{2,120}[:：]\s*$",
    re.IGNORECASE,
)
"""Horde's line."""
