# ruff: noqa: RUF001 - letters of other alphabets are meant as such
"""The lines by which programs mark that an older mail follows: "-----Mensagem original-----" and its like.

Only the words: how they are used is in `history.py`. A new language is a word in each list.
"""

import re
from typing import Final

__all__ = ["ANSWER_ABOVE", "BARE_MARK", "FORWARD_MARK", "FORWARD_SUBJECT", "REPLY_MARK", "REPLY_SUBJECT", "STAMPED"]

_ORIGINAL: Final = (
    r"Mensagem original|E-?mail original|Mensagem (?:de )?resposta|Resposta original"
    r"|Original(?: e-?mail)? Message|Original"
    r"|Reply message|Original Appointment|Mensaje original|Correo original|Mensaje de respuesta|Message d['’]origine"
    r"|Message original|Courriel original|E-mail d['’]origine|Urspr[üu]ngliche (?:Nachricht|E-?Mail|Mail)"
    r"|Originalnachricht"
    r"|Original-Nachricht|Original[- ]?Mail|Antwort Nachricht|Messaggio originale?|Messaggio di risposta"
    r"|Oorspronkelijk bericht|Origineel bericht|Oryginalna wiadomo[śs][ćc]|Wiadomo[śs][ćc] oryginalna"
    r"|Исходное сообщение"
    r"|Оригинальное сообщение|Початкове повідомлення|原始邮件|原邮件|原始郵件|原始信件|元のメッセージ"
    r"|オリジナルメッセージ"
    r"|원본 ?메시지|원본 ?메일|Ursprungligt meddelande|Originalmeddelande|Oprindelig (?:meddelelse|besked)"
    r"|Opprinnelig melding"
    r"|Alkuperäinen viesti|Původní zpráva|Původní e-mail|Pôvodná správa|Orijinal [İi]leti|Orjinal Mesaj|Özgün İleti"
    r"|Eredeti üzenet|Mesajul original|Mesaj original|Missatge original|Mensaxe orixinal|Originalna poruka"
    r"|Αρχικό μήνυμα"
    r"|(?:Mensagem|Mensaje|Message|Nachricht|Messaggio) (?:de|from|von|da) [^@]{1,120}@[^@]{1,120}?"
)
_FORWARDED: Final = (
    r"Mensagem (?:en|reen)caminhada|E-?mail encaminhado|(?:Encaminhad[ao]|Reenviado|Forwarded|Transmis|Weitergeleitet"
    r"|Inoltrato) (?:por|by|par|von|da) .{1,120}|Forwarded (?:message|mail|e-?mail)|Forward(?:ed)? Message"
    r"|Mensaje reenviado"
    r"|Correo reenviado|Message (?:transf[ée]r[ée]|r[ée]exp[ée]di[ée])|Courriel transféré"
    r"|Weitergeleitete (?:Nachricht|E-?Mail)"
    r"|Messaggio (?:inoltrato|originale inoltrato)|(?:Doorgestuurd|Doorgezonden) bericht"
    r"|Пересланное сообщение|Пересылаемое сообщение|Переслане повідомлення|Начало пересылаемого сообщения"
    r"|(?:Przekazana|Przesłana dalej) wiadomo[śs][ćc]|Wiadomo[śs][ćc] przekazana|转发邮件信息|转发的邮件"
    r"|转发邮件|轉寄郵件|轉寄信件"
    r"|転送されたメッセージ|転送メッセージ|전달된 ?(?:메시지|메일)|Vidarebefordrat (?:meddelande|brev)"
    r"|Videresendt (?:meddelelse|melding"
    r"|besked)"
    r"|Välitetty viesti|Přeposlaná zpráva|Preposlaná správa|İletilen (?:ileti|mesaj)|Yönlendirilmiş ileti"
    r"|Továbbított üzenet"
    r"|Mesaj redirecționat|Missatge reenviat|the forwarded message follows"
)
REPLY_MARK: Final = re.compile(
    rf"[\s*|]{{0,8}}[-_=–—]{{1,60}}[\s*]{{0,4}}(?:{_ORIGINAL})[\s*:：]{{0,4}}[-_=–—]{{1,60}}[\s*]{{0,4}}$",
    re.IGNORECASE,
)
FORWARD_MARK: Final = re.compile(
    rf"[\s*|]{{0,8}}[-_=–—]{{1,60}}[\s*]{{0,4}}(?:{_FORWARDED})(?: (?:from|de|von|da|van) .{{1,120}}?)?"
    r"[\s*:：]{0,4}[-_=–—]{1,60}.{0,40}$"
    r"|[\s>*]{0,8}(?:In[íi]cio da mensagem (?:re)?encaminhada|Begin(?:ning of)? forwarded message"
    r"|Inicio del (?:mensaje|correo)(?: electr[óo]nico)? reenviado|D[ée]but du (?:message|courriel"
    r"|e-mail) (?:transf[ée]r[ée]|r[ée]exp[ée]di[ée])"
    r"|Anfang der weitergeleiteten (?:Nachricht|E-?Mail)|Inizio (?:del )?messaggio inoltrato"
    r"|Begin doorgestuurd bericht"
    r"|Начало переадресованного сообщения|Początek przekazywanej wiadomości|开始转发的邮件|下面是被转发的邮件"
    r"|轉寄的郵件"
    r"|以下は転送されたメールです|転送されたメール"
    r"|전달된 메시지 시작|Vidarebefordrat brev|Start på videresendt besked|Videresendt melding|Välitetty viesti alkaa"
    r"|Začátek přeposílané zprávy|Iletilen mesajın başlangıcı|İletilen mesaj)[\s*]{0,4}[:：][\s*]{0,4}$",
    re.IGNORECASE,
)
ANSWER_ABOVE: Final = re.compile(
    r"[\W_]{0,40}(?:(?:please |by )?(?:type|write|reply(?:ing)?|respond|enter|add) (?:your )?(?:reply "
    r"|response |answer )?(?:above|over) this line"
    r"|(?:por favor,? )?(?:responda|escreva|digite|insira)(?: (?:a )?sua resposta"
    r"| sua mensagem)? acima d(?:esta|a) linha"
    r"|(?:por favor,? )?(?:responda|escriba)(?: su respuesta)? (?:por )?(?:encima|arriba) de esta l[íi]nea"
    r"|(?:veuillez )?r[ée]pond(?:re|ez) au-dessus de cette ligne|(?:bitte )?antworten sie (?:oberhalb"
    r"|über) dieser (?:linie|zeile)"
    r"|-+ ?antwort (?:oberhalb|über) dieser (?:linie|zeile))\b.{0,120}$",
    re.IGNORECASE,
)
"""A helpdesk's own line: what stands below it is the helpdesk's."""
BARE_MARK: Final = re.compile(rf"[\s*|]{{0,8}}(?:{_ORIGINAL}|{_FORWARDED})[\s*:：]{{0,4}}$", re.IGNORECASE)
"""The same without dashes: it counts right above a block of headers only."""
STAMPED: Final = re.compile(
    r"\s*>>>\s?.{2,120}\d{1,4}[./-]\d{1,2}[./-]\d{1,4}.{0,40}$"
    r"|.{2,80}\s?---\s?\d{1,4}[./-]\d{1,2}[./-]\d{2,4}\s+\d{1,2}[:.]\d\d(?:[:.]\d\d)?(?:\s?[AP]M)?---"
)
"""GroupWise's ">>> Ana 03/04/2025 10:00 >>>", and Notes' "Ana ---03/04/2025 10:00:00---Prezada"."""

REPLY_SUBJECT: Final = re.compile(
    r"\s*(?:\[[^\]]{1,60}\]\s*)?(?:re|res|ref|aw|antw?|sv|vs|odp|r|rif|rép|回复|回覆|答复|返信|답장|회신|ynt"
    r"|yan|отв?|на|vá"
    r"|atb|бл)\s*(?:[\[(^]\d{1,3}[\])]?)?\s*[:：]",
    re.IGNORECASE,
)
FORWARD_SUBJECT: Final = re.compile(
    r"\s*(?:\[[^\]]{1,60}\]\s*)?(?:fwd?|enc|encam?|rv|wg|tr|i|doorst|vl|vb|fs|pd"
    r"|转发|轉寄|転送|전달|ilt|továbbítás|пересл|переслать|vidaresänt)\s*(?:\[\d{1,3}\])?\s*[:：]"
    r"|.{0,150}\((?:fwd|enc)\)\s*$",
    re.IGNORECASE,
)
