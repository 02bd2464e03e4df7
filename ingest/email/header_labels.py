# ruff: noqa: RUF001 - letters of other alphabets are meant as such
"""The labels of the header lines that mail programs put above an older mail ("De: … Enviado em: …"), by what they mean.

Only the words: how they are used is in `header_blocks.py`. A new language is a word in each list.
"""

import re
from typing import Final

__all__ = ["LABEL", "LABELS_IN_A_LINE", "kind_of"]

_LABELS: Final = {
    "from": (
        "De|From|Von|Da|Van|Od|От|От кого|Fra|Från|Lähettäjä|Kimden|Gönderen|보낸 ?사람|发件人|寄件者|寄件人|差出人"
        "|送信者|送信元|Remetente|Exp[ée]diteur|Remitente|Mittente|Afzender|Absender|Nadawca|Отправитель|Feladó|De la"
        "|Odesílatel|Odosielateľ|Від(?: кого)?|Από"
    ),
    "date": (
        "Enviad[ao]s?(?: em| el| a)?|Data(?: de envio)?|Date|Sent(?: at| on)?|Fecha(?: de env[íi]o)?"
        "|Envoy[ée](?: le)?"
        "|Gesendet(?: am)?|Datum|Inviat[oa](?: il)?|Verzonden|Wys[łl]an[oey]|Data wysłania|Отправлено|Дата|Sendt|Dato"
        "|Skickat|Lähetetty|Päivämäärä|Päiväys|Tarih|Gönderildi|Gönderme Tarihi|보낸 ?날짜|날짜|보낸 시간"
        "|发送时间|发件时间|发送日期"
        "|日期|傳送日期|寄件日期|送信日時|日付|日時|Odesláno|Odoslané|Dátum|Elküldve|Trimis|Надіслано|Received"
        "|Recebid[ao](?: em)?"
    ),
    "to": (
        "Para|To|[ÀA]|An|Aan|Do|Кому|Til|Till|Vastaanottaja|Kime|Alıcı|Komu|받는 ?사람|收件人|收件者|宛先|Pour"
        "|Destinat[áa]rio"
        "|Destinataire|Destinatario|Empfänger|Ontvanger|Adresat|Címzett|Către|Προς"
    ),
    "copy": "Cc|Cco|Bcc|C[óo]pia|Kopie|Копия|抄送|副本|抄送人|Kopi|Kopia|Kopio|참조|DW|CC:|Copie(?: à)?|Bilgi|Ccn",
    "subject": (
        "Assunto|Asunto|Subject|Objet|Sujet|Betreff|Betr|Oggetto|Onderwerp|Temat|Тема|Emne|Ämne|Aihe|Konu|제목"
        "|主题|主旨"
        "|主題|件名|Předmět|Predmet|Tárgy|Subiect|Θέμα|Assumpte"
    ),
    "other": (
        "Importance|Import[âa]ncia|Importancia|Prioridade|Prioridad|Priority|Anexos?|Attachments?|Reply-To"
        "|Responder (?:a|para)"
        "|Sent by|Organization|Organização|Sensitivity|Message-ID|Resent-From|Priorität|Wichtigkeit"
    ),
}
_ALL: Final = "|".join(f"(?P<{kind}>{words})" for kind, words in _LABELS.items())
LABEL: Final = re.compile(
    rf"[\s|*_\u200b\ufeff]{{0,12}}(?:{_ALL})[*_\s\xa0]{{0,4}}[:：][*_]*\s*(?P<value>.{{0,200}})",
    re.IGNORECASE,
)
LABELS_IN_A_LINE: Final = re.compile(rf"(?:^|(?<=[\s*_>]))(?:{_ALL})[*_\xa0 ]{{0,3}}[:：]", re.IGNORECASE)


def kind_of(label: re.Match[str]) -> str:
    """Tell what a label means: `from`, `date`, `to`, `copy`, `subject` or `other`."""
    return next(kind for kind in _LABELS if label[kind] is not None)
