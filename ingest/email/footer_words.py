# ruff: noqa: RUF001 - letters of other alphabets are meant as such
"""The lines that mail programs, providers, virus scanners and mailing lists add below a mail by themselves.

Only the words: how they are used is in `footers.py`. "Enviado do meu iPhone" is one; "Enviado do meu iPhone, o
comprovante não foi aceito" is a customer's sentence, so a footer is a whole line without a sentence's small words.
"""

import re
from typing import Final

__all__ = ["FOOTER", "LIST_FOOTER", "SENTENCE", "THING"]

_THINGS: Final = (
    r"iPhone|iPad|iPod|iOS|iCloud|Mac(?:Book)?|Android\w*|smart(?:phone|ph\w*)|celular|telefone|tel[ée]fono"
    r"|telemóvel|m[óo]vil|dispositivo"
    r"|tablet|Samsung|Galaxy|Xiaomi|Redmi|POCO|Mi\b|Motorola|Moto|LG|Huawei|HUAWEI|HONOR|BlackBerry\W?|Nokia"
    r"|Lumia|Windows|Outlook|Yahoo!?|Gmail"
    r"|E-?mail|Correo|Correio|UOL|BOL|Terra|iG|Globo(?:mail)?|Zipmail|Mail|aplicativo|app|Proton\s?Mail|Proton"
    r"|Zoho|Thunderbird|Roundcube|computador|note\w*"
    r"|AOL|GMX|Web\.de|Mailbird|Spark|Airmail|Boxer|Newton|Edison|K-9|FairEmail|myMail|TypeApp|Blue ?Mail|Nine"
    r"|Aqua|Sony|Xperia|HTC|ASUS|OnePlus|OPPO|vivo|realme"
    r"|Pixel|mobile|phone|device|Handy|Mobiltelefon|Mobilgerät|téléphone|portable|appareil|cellulare|telefon\w*"
    r"|mobiel\w*|mobil\w*|puhelin\w*|wireless|handheld|tel[eé]fono"
    r"|Mailbox|Alcatel|Wiko|Lenovo|ZTE|TCL|Infinix|Tecno|Multilaser|Positivo|Fairphone|cell"
    r"|Orange|Bouygues|SFR|Free|Vodafone|Verizon|AT&T|T-?Mobile|Claro|TIM|Oi|Vivo|HEY|Superhuman|Front|Webmail"
    r"|webmail|Hotmail|MSN|Cloud|mailer|Mail\.ru|Почт\w+|Яндекс\S*"
)
THING: Final = re.compile(_THINGS, re.IGNORECASE)
_TAIL: Final = r"\b[^.!?\n]{0,70}[.!]?"
FOOTER: Final = re.compile(
    r"(?!\s*(?://|#\s))[\W_]*(?:"
    r"(?:Enviad[ao]s?|(?:Mensagem|Mensaje|E-?mail|Correo)(?: foi)? enviad[ao]|Escrito|Respondido|Redigido)\s+"
    r"(?:autom[áa]ticamente\s+)?(?:d[oae]s?|pel[oa]|a partir d[oae]|atrav[ée]s d[oae]|via|com|con|desde|por"
    r"|usando|del?)\s+"
    rf"(?:[oa]s?\s+|el\s+|la\s+)?(?:meus?\s+|minha\s+|mi\s+|um\s+|uma\s+|un\s+)?(?:\w+\s+)?(?:{_THINGS}){_TAIL}"
    rf"|(?:Obter|Obtenha|Baixe|Obtener|Obt[ée]n|Descarga|Get|T[ée]l[ée]charge[rz]?|Obtenez|Holen Sie sich"
    rf"|Laden Sie|Scarica|Ottieni|Download|Pobierz|Скачать|获取|取得|Hämta|Hent|Hanki|Získat"
    rf"|(?:Outlook )?(?:downloaden|herunterladen))\s+(?:o\s+|the\s+)?(?:app\s+)?(?:Outlook|BlueMail|Yahoo"
    rf"|myMail|TypeApp|K-9){_TAIL}"
    rf"|Outlook(?: для| voor| für| za| för| til)? ?(?:iOS|Android)\b.{{0,40}}|(?:获取|取得|下載"
    rf"|下载) ?Outlook.{{0,30}}"
    rf"|Outlook (?:for|para|pour) (?:iOS|Android|Mac)"
    rf"|(?:Sent|Composed|Written|Posted|Replied|Typed|Dictated)\s+(?:wirelessly\s+)?(?:from|via|with|using|by|on)\s+(?:my\s+|a\s+"
    rf"|an\s+|the\s+)?(?:[\w-]+\s+)?(?:{_THINGS}){_TAIL}"
    rf"|From my (?:{_THINGS}){_TAIL}|Sent from .{{1,40}} (?:device|phone|tablet|smartphone)\b.{{0,30}}"
    rf"|Envoy[ée]e? (?:sans fil par mon terminal mobile .{{1,60}}"
    rf"|(?:de|depuis|à partir de|via|avec)\s+(?:mon\s+|ma\s+|l['’])?(?:\w+\s+)?(?:{_THINGS}){_TAIL})"
    rf"|Von (?:meinem|unterwegs|mein).{{0,60}} gesendet.{{0,20}}|(?:Diese (?:Nachricht|E-?Mail"
    rf"|Mail) wurde (?:von|mit) .{{1,80}} gesendet.{{0,5}})|(?:Gesendet|Verschickt|Versendet|Verfasst) (?:von"
    rf"|mit|mithilfe|über|aus)\s+(?:\w+\s+)?(?:\w+\s+)?(?:{_THINGS}){_TAIL}"
    rf"|Inviat[oa] (?:da(?:l|lla)?|con|tramite)\s+(?:\w+\s+)?(?:\w+\s+)?(?:{_THINGS}){_TAIL}"
    rf"|Messaggio inviato da .{{1,40}}"
    rf"|(?:Verstuurd|Verzonden) (?:vanaf|vanuit|met|via|door)\s+(?:\w+\s+)?(?:\w+\s+)?(?:{_THINGS}){_TAIL}"
    rf"|Wys[łl]an[eoay] (?:z|ze|przy użyciu|za pomocą)\s+(?:\w+\s+)?(?:\w+\s+)?(?:{_THINGS}|programu){_TAIL}"
    rf"|Wysłano z .{{1,30}}"
    r"|Отправлено (?:с|из|от|через|при помощи) .{1,50}|Надіслано (?:з|із) .{1,40}|发自.{1,30}|來自.{1,20}"
    r"|从我的.{1,20}发送|從我的.{1,20}傳送|由.{1,20}发送|寄自.{1,20}"
    r"|.{0,12}(?:iPhone|iPad|Android|Galaxy|スマートフォン|携帯)\s?から送信(?:しました)?[。.]?|.{1,20}(?:에서"
    r"|로) (?:보냄|보낸 ?메일)[.]?"
    r"|(?:나의|내) .{1,20}에서 보냄"
    rf"|(?:Skickat|Skickades|Sendt|Sänt) (?:från|fra|med|via)\s+(?:\w+\s+)?(?:\w+\s+)?(?:{_THINGS}){_TAIL}"
    rf"|Lähetetty .{{1,40}}(?:sta|stä|ltä|lta|lla)\b.{{0,10}}|(?:Odesláno|Odoslané) (?:z|ze|pomocí) .{{1,40}}"
    r"|.{1,30}(?:'?[dt][ae]n|ımdan|umdan|imden) gönderildi[.]?|Küldve .{1,30}|Trimis (?:de pe|din) .{1,30}"
    r"|Enviat des d.{1,30}"
    r"|(?:Este|Esta) (?:e-?mail|mensagem|mensaje|correo)(?: electr[óo]nico)? (?:foi|ha sido"
    r"|est[áa]) (?:escaneado|verificad[oa]|comprobado|analizado|limp[oa]|livre).{0,120}"
    r"|(?:N[ãa]o cont[ée]m|Livre de|Nenhum) v[íi]rus\b.{0,100}|Libre de virus\b.{0,100}|Virus-?free\b.{0,100}"
    r"|Virenfrei\b.{0,80}|Garanti sans virus.{0,80}|Sans virus\b.{0,60}|Privo di virus.{0,60}|Virusvrij.{0,60}"
    r"|Wolny od wirusów.{0,60}|Без вирусов.{0,60}|不含病毒.{0,40}|Vir?usfri.{0,60}"
    r"|(?:This|Diese|Ce(?:tte)?|Questa|Deze|Este) (?:e-?mail|message|E-Mail|courrier électronique|mail"
    r"|courriel) (?:has been|was|wurde|a été|è stata|is) (?:checked|scanned|vérifié|auf Viren|controllata"
    r"|gecontroleerd|swept).{0,140}"
    r"|(?:No virus found|Nenhum v[íi]rus encontrado|No se encontraron virus|Es wurden keine Viren) (?:in|nest"
    r"|n[ao]|en).{0,60}|(?:Checked|Verificad[oa]|Comprobado|Scanned) (?:by|por) AVG.{0,60}"
    r"|(?:Version|Vers[ãa]o|Versi[óo]n): [\d. ]+/ (?:Virus|Banco|Base).{0,120}|_{5,}\s*(?:Informa[çc][õo]es do"
    r"|Information from|Informaci[óo]n de) ESET.{0,160}|(?:The message was checked by"
    r"|A mensagem foi verificada pelo) ESET.{0,60}"
    r"|(?:www\.)?(?:avast|avg|eset)\.com(?:\.br|/\S*)?|<?https?://www\.(?:avast|eset|avg)\S{0,300}>?"
    r"|(?:desculpe|desculpem|perdoe|excuse|pardon|sorry for|please excuse|apologies for) (?:the |my |a |os "
    r"|any )?(?:erros|typos|brevity|brevidade|falta de acent\w+|typing).{0,60}"
    r"|Do You Yahoo!?\?.{0,60}|(?:Yahoo!? Mail|Yahoo!? Cad[êe]|Yahoo!? Messenger)\b.{0,100}|(?:Novidade no"
    r"|Abra sua conta no|Fale com seus amigos).{0,20}Yahoo!?.{0,80}|Express yourself instantly with MSN.{0,80}"
    r"|(?:MSN|Windows Live) (?:Messenger|Hotmail)\b.{0,100}|(?:Acabe|Conheça|Instale"
    r"|Descubra).{0,30}(?:Windows Live|MSN|Hotmail).{0,80}"
    r"|Esta mensagem foi verificada pelo E-mail Protegido Terra.{0,60}|(?:Scan engine|Atualizado em"
    r"|Proteja o seu e-mail Terra)[: ].{0,80}|UOL (?:Fone|Mail|Sac).{0,60}"
    r"|\[?(?:Sent|Enviado) (?:via|from|from a) \[?(?:Front|Superhuman|Spark|Mailbird|Polymail|Mimestream).{0,80}"
    r"|(?:Please )?(?:consider|think of|think about) the environment (?:before|when) printing.{0,80}"
    r"|(?:Por favor,? )?(?:Antes de imprimir|Before printing|Avant d['’]imprimer|Bitte denken Sie an die Umwelt"
    r"|Pense no meio ambiente|Piense en el medio ambiente|Prima di stampare).{0,160}"
    r"|#[0-9A-F-]{30,40}"
    r"|\[Non-text portions of this message have been removed\]"
    r"|\[As partes desta mensagem que não continham texto foram removidas\]|\[Image removed by sender\.?\]"
    r"|\[cid:[^\]]{1,120}\]|\[image: [^\]]{1,80}\]"
    r")\s*[\W_]*",
    re.IGNORECASE,
)
"""A whole line that a program adds by itself."""
SENTENCE: Final = re.compile(
    r"\b(?:n[ãa]o|mas|que|porque|quero|exijo|est[áa](?!\s+(?:livre|verificad|limp))|t[êe]m|pero|quiero|but"
    r"|because|does|doesn't|never|weil|nicht|mais|pas|perché|non"
    r"|is|are|was|were|é|s[ãa]o|foi(?!\s+enviad)|ontem|hoje|amanh[ãa]|ayer|hoy|yesterday|today|gestern|heute|ieri)\b"
    r"|\b(?:celular|telefone|smartphone|iphone|ipad|galaxy|android|e-?mail|tablet|notebook|computador|phone)\s+"
    r"(?:[oa]s?|uma?|el|los|las?|una?|the|der|die|das|les?)\s",
    re.IGNORECASE,
)
"""Small words that footers don't have; the virus scanners' lines aside."""
LIST_FOOTER: Final = re.compile(
    r"[\W_]*(?:You(?:['’]ve)? (?:are )?(?:received|receiving|got) this (?:message|e-?mail) because"
    r"|Voc[êe] (?:est[áa] recebendo|recebeu) est[ae] (?:mensagem|e-?mail) porque"
    r"|(?:Has recibido|Recibes|Recibiste) este (?:mensaje|correo) porque|Sie haben diese (?:Nachricht"
    r"|E-?Mail) erhalten, weil|Vous recevez ce message|Vous avez reçu ce message"
    r"|To (?:unsubscribe|post to this group|stop receiving|subscribe or unsubscribe).{0,200}(?:e-?mail|http|@|:"
    r"|list|group)|Para (?:cancelar (?:a|sua) (?:inscri[çc][ãa]o|assinatura)|sair d(?:a|esta) lista"
    r"|anular la suscripci[óo]n|se desinscrever).{0,200}|Unsubscribe\b.{0,80}(?:http|@)"
    r"|.{1,60} mailing list\s*$|.{1,60} lista de discuss[ãa]o\s*$|Lista de discuss[ãa]o\b.{0,80}"
    r"|(?:Yahoo!? (?:Groups|Grupos)|Links do Yahoo! Grupos).{0,80}"
    r"|Reply to this email directly or view it on GitHub.{0,200}|(?:View|Visit) (?:it|this discussion"
    r"|the topic) (?:on|at|online).{0,200}|Para ver esta discuss[ãa]o.{0,200})",
    re.IGNORECASE,
)
"""With such a line begins what a mailing list puts below."""
