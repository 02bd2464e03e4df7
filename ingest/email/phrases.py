# ruff: noqa: RUF001 - letters of other alphabets are meant as such
"""What mail programs write around a customer's words, in the languages of our customers and their programs.

Only the words: how they are used is in `history.py` and `signatures.py`. A new language is a line in each list.
"""

import re
from typing import Final

__all__ = [
    "ATTRIBUTION_BEGINS",
    "ATTRIBUTION_ENDS",
    "DISCLAIMER_BEGINS",
    "DISCLAIMER_WORDS",
    "FOOTER",
    "FORWARD_MARK",
    "FORWARD_SUBJECT",
    "FROM_LABEL",
    "OTHER_LABELS",
    "REPLY_MARK",
]

ATTRIBUTION_ENDS: Final = re.compile(
    r"(?:escreveu|escribi[óo]|wrote|a [ée]crit|schrieb(?: am .{1,60})?|ha scritto|schreef(?: .{1,60})?"
    r"|napisa[łl]\(?a?\)?|(?:на)?писал\(?а?\)?|пишет|написав|写道|寫道|のメール|さんは書きました"
    r"|skrev|kirjoitti|yazdı|escrigué|va escriure)"
    r"\s*[:：]\s*$|(?:<[^<>\s]+@[^<>\s]+>|\([^()\s]+@[^()\s]+\))\s*[:：]\s*$",
    re.IGNORECASE,
)
"""The last words of "Em 3 de abr. de 2025, Ana escreveu:"; also Gmail's old form that ends in the address."""

ATTRIBUTION_BEGINS: Final = re.compile(
    r"\s*(?:Em|No dia|A|Às|El|On|Le|Am|Il|Op|W dniu|Dnia|Den|В|На|在|于|\d{1,4}[./年-]\s?\d{1,2}"
    r"|\d{1,2}\s+\w+\.?\s+\d{4}|(?:seg|ter|qua|qui|sex|s[áa]b|dom|lun|mar|mi[ée]|jue|vie|mon|tue|wed|thu|fri|sat|sun)[a-zç]*[.,-])"
    r"(?=[\s,.:/\d年-]|$)",
    re.IGNORECASE,
)

FROM_LABEL: Final = re.compile(
    r"[\s>*_]*(?:De|From|Von|Da|Van|Od|От|Remetente|发件人|寄件者|差出人|送信者)[*_]*\s*[:：][*_]*\s*\S", re.IGNORECASE
)
OTHER_LABELS: Final = re.compile(
    r"[\s>*_]*(?:Enviad[ao]s?(?: em| el)?|Sent|Date|Data|Fecha|Envoy[ée](?: le)?|Gesendet|Datum|Inviato|Verzonden"
    r"|Wys[łl]ano|Отправлено|Дата|Enviada em|发送时间|送信日時|日時"
    r"|Para|To|À|An|Aan|Do|Кому|收件人|宛先|A|Cc|Cco|Bcc|C[óo]pia|Kopie|Копия|抄送"
    r"|Assunto|Asunto|Subject|Objet|Betreff|Oggetto|Onderwerp|Temat|Тема|主题|件名|Importance|Prioridade)"
    r"[*_]*\s*[:：]",
    re.IGNORECASE,
)

REPLY_MARK: Final = re.compile(
    r"\s*[-_=]{2,}\s*(?:Mensagem original|E-?mail original|Original Message|Mensaje original|Message d'origine"
    r"|Message original|Urspr[üu]ngliche Nachricht|Messaggio originale|Oorspronkelijk bericht"
    r"|Oryginalna wiadomo[śs][ćc]|Исходное сообщение|原始邮件|元のメッセージ|Original-Nachricht"
    r"|Original Appointment|Resposta original)\s*[-_=]{2,}\s*$",
    re.IGNORECASE,
)
FORWARD_MARK: Final = re.compile(
    r"\s*(?:[-_=]{2,}\s*)?(?:Mensagem encaminhada|E-?mail encaminhado|Forwarded message|Mensaje reenviado"
    r"|Message transf[ée]r[ée]|Weitergeleitete Nachricht|Messaggio inoltrato|Doorgestuurd bericht|Пересланное сообщение"
    r"|Przekazana wiadomo[śs][ćc]|转发邮件信息|転送されたメッセージ|Encaminhado por .{1,80})\s*[-_=]{2,}\s*$"
    r"|\s*(?:In[íi]cio da mensagem (?:encaminhada|reencaminhada)|Begin forwarded message|Inicio del mensaje reenviado"
    r"|D[ée]but du message transf[ée]r[ée]|Anfang der weitergeleiteten Nachricht|Inizio messaggio inoltrato)\s*:\s*$",
    re.IGNORECASE,
)
FORWARD_SUBJECT: Final = re.compile(
    r"\s*(?:(?:re|res|aw)\s*:\s*)*(?:fwd?|enc|encam?|rv|wg|tr|i|doorst|转发|fs)\s*[:：]", re.IGNORECASE
)

FOOTER: Final = re.compile(
    r"\W*(?:"
    r"(?:Enviad[ao]|Mensagem enviada|Escrito)\s+(?:d[oae]s?|pel[oa]|a partir d[oae]|via|com|desde|por)\s+"
    r"(?:meus?\s+|minha\s+|mi\s+|um\s+|uma\s+)?(?:iPhone|iPad|iCloud|Android|smartphone|celular|telefone|tel[ée]fono|m[óo]vil"
    r"|dispositivo|tablet|Samsung|Galaxy|Xiaomi|Redmi|Motorola|Moto|LG|Huawei|BlackBerry|Nokia|Windows|Outlook|Yahoo|Gmail"
    r"|E-?mail|Correo|UOL|BOL|Terra|Mail|Email|aplicativo|app|Proton|Zoho|Thunderbird|Correio|computador|note\w*)\b.{0,60}"
    r"|(?:Obter|Obtenha|Baixe|Obtener|Get|T[ée]l[ée]charger|Holen Sie sich)\s+(?:o\s+)?Outlook\b.{0,40}"
    r"|(?:Sent|Composed)\s+(?:from|via|with|using)\s+(?:my\s+|a\s+|the\s+)?(?:iPhone|iPad|iCloud|Android|Samsung|Galaxy|Mail"
    r"|Outlook|Yahoo|Gmail|mobile|smartphone|phone|tablet|BlackBerry|Windows|Proton|Huawei|Xiaomi)\b.{0,60}"
    r"|Envoy[ée] (?:de|depuis) mon .{1,40}|Von meinem .{1,30} gesendet|Gesendet (?:von|mit) .{1,40}"
    r"|Inviato d(?:a|al mio) .{1,30}|Verstuurd vanaf mijn .{1,30}|Wys[łl]an[eo] z .{1,40}|Отправлено с .{1,40}"
    r"|发自我的.{1,30}|從我的.{1,20}傳送|iPhone\s?から送信|Enviado desde .{1,40}"
    r"|(?:N[ãa]o cont[ée]m|Livre de) v[íi]rus\b.{0,80}|Virus-?free\b.{0,60}|Libre de virus\b.{0,60}"
    r"|Este e-?mail foi (?:escaneado|verificado) pelo Avast.{0,80}"
    r")\s*",
    re.IGNORECASE,
)
"""A whole line that a mail program adds by itself."""

DISCLAIMER_BEGINS: Final = re.compile(
    r"\W*(?:(?:aviso|advert[êe]ncia|nota)\b|(?:est[ae]s?|a presente|o presente|o conte[úu]do dest[ae])\s+"
    r"(?:mensagem|mensagens|e-?mails?|correio|comunica[çc][ãa]o|transmiss[ãa]o)"
    r"|as informa[çc][õo]es (?:contidas|existentes|constantes)|confiden\w+|disclaimer|legal notice"
    r"|this (?:e-?mail|message|communication)|the (?:information|contents?) (?:contained|of this|in this)"
    r"|este (?:mensaje|correo)|la informaci[óo]n conten|antes de imprimir|before printing|pense no meio ambiente)",
    re.IGNORECASE,
)
DISCLAIMER_WORDS: Final = re.compile(
    r"confidencia|privileg|destinat[áa]ri|uso exclusivo|sigilo|intended|recipient|confidential|imprimir|printing"
    r"|meio ambiente|environment|desconsidere|notify the sender|lgpd",
    re.IGNORECASE,
)
