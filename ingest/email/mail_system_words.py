# ruff: noqa: RUF001 - letters of other alphabets are meant as such
"""The words by which mail systems say that a mail was not delivered, where they say it to people and not to programs.

Only the words: how they are used is in `bounces.py`. No single one of them makes a bounce: customers quote them.

Source: the notices of qmail, Sendmail, Postfix, Exim, Exchange 5.5 to Online, Domino, GroupWise, MDaemon, IMail,
MailEnable, Gmail, Yahoo, AOL, UOL, Locaweb, SES, Mimecast, and the catalogue of flufl.bounce (as facts).
"""

import re
from typing import Final

__all__ = ["DELAYED", "FAILED_SUBJECT", "NOTICE", "RETURNED_BEGINS", "SYSTEM_ADDRESS", "SYSTEM_NAME"]

SYSTEM_ADDRESS: Final = re.compile(
    r"<?(?:mailer-?daemon|mail-?daemon|postmaster|post_master|mail[._-]?deliver\w*|mdaemon"
    r"|mailsystem|mail-system|maildelivery|mail[._-]delivery[._-](?:sub)?system|\"?system[ ._-]administrator\"?"
    r"|[a-z0-9_]{0,40}smtp_(?:mail_)?(?:gateways?|service)"
    r"|microsoftexchange[0-9a-f]{8,64}|mailadmin\w*|mail-?administrator|email-?daemon|deliver(?:y)?(?:status"
    r"|-?notification)?|smtp-?gateway|gwia|mailerror|bounce-?notice)(?:[@>+\-]|$)",
    re.IGNORECASE,
)
SYSTEM_NAME: Final = re.compile(
    r"\W*(?:mail(?:er)?[ -]?(?:delivery (?:system|subsystem|service|agent)|daemon|administrator)"
    r"|(?:internet )?mail delivery|system administrator|administrador (?:do|de) sistemas?|postmaster"
    r"|microsoft (?:outlook|exchange)|sistema de entrega|entrega de (?:e-?mail|correio)|subsistema de entrega"
    r"|system-?administrator|administrateur syst[èe]me)\b",
    re.IGNORECASE,
)
FAILED_SUBJECT: Final = re.compile(
    r"\W*(?:\[postmaster\] )?(?:considered unsolicited|undeliver(?:able|ed)|undelivery|non[ -]?deliver\w+"
    r"|delivery (?:status notification|failure|failed|has failed|problem|error|report|notification"
    r"|unsuccessful)|mail delivery (?:failed|failure|problem|error|system|report|status)"
    r"|returned (?:mail|to sender|message|e-?mail)|return(?:ing)? (?:mail|message)|failure notice|failed mail"
    r"|failed delivery|failure to deliver|mail (?:failure|error|system error)|message (?:not delivered"
    r"|delivery failure|undeliverable|could not be delivered|status - undeliverable|bounced|you sent blocked)"
    r"|permanent delivery failure"
    r"|could not (?:be delivered|deliver)|unable to deliver|cannot deliver|email (?:delivery failure"
    r"|could not be delivered|not delivered)|user (?:unknown|not found)|mailbox (?:full"
    r"|unavailable)|rejected(?: mail|:)|your (?:message|mail|e-?mail) (?:was not|could not|has not|cannot)"
    r"|nondeliverable mail|problem delivering|mail could not|automatically rejected mail|blocked:"
    r"|n[ãa]o (?:foi )?entreg|mensagem (?:n[ãa]o (?:foi )?entregue|devolvida)|e-?mail (?:n[ãa]o entregue"
    r"|devolvido)|n[ãa]o [ée] poss[íi]vel entregar|n[ãa]o foi poss[íi]vel (?:a )?entreg|falha (?:na|de"
    r"|no) (?:entrega|envio)|falha permanente|erro (?:na|de) entrega|devolu[çc][ãa]o de|mensagem de erro"
    r"|notifica[çc][ãa]o (?:sobre o|de|do) (?:estado|status|falha)(?: (?:da|de|na) entrega)?|devolvid[ao]"
    r"|aviso de n[ãa]o entrega"
    r"|no se (?:pudo|puede) entregar|error (?:de|en la) entrega|no entregado|correo (?:devuelto|no entregado)"
    r"|mensaje (?:devuelto|no entregado)|notificaci[óo]n (?:de|sobre el) estado|devuelto|fallo (?:de"
    r"|en la) entrega"
    r"|unzustellbar|unzustellbare|nicht zugestellt|zustellung(?:s)?(?:fehler|fehlgeschlagen)?"
    r"|nachricht (?:nicht|konnte)|fehler bei der|benachrichtigung [üu]ber|non remis|non distribu|(?:message"
    r"|courrier) non (?:remis|distribu|délivr)|[ée]chec de (?:la )?(?:remise|livraison|distribution)"
    r"|notification d['’][ée]tat|avis de non|retour de courrier"
    r"|mancata consegna|non recapitabile|impossibile (?:recapitare|consegnare)|errore di consegna"
    r"|notifica (?:di|sullo)|messaggio non (?:recapitato|consegnato)|onbestelbaar|niet (?:afgeleverd|bezorgd)"
    r"|kan niet worden (?:afgeleverd|bezorgd)|niedostarcz|nie można dostarczyć|zwrot|nie dostarczono"
    r"|недоставлен|не доставлен|сообщение не|невозможно доставить|почта не|退信|系统退信|无法投递|無法傳遞"
    r"|未送达|投递失败|邮件被退回|配信不能|配信できません|未配信|返信エラー|送信エラー|반송|전송 ?실패"
    r"|배달 ?실패|olevererbar|oleverans|kunde inte levereras|kan ikke leveres|ikke levert|toimitus|nedoručiteln"
    r"|teslim edilemedi|iletilemedi|kézbesíthetetlen|nelivrat)",
    re.IGNORECASE,
)
"""As a subject begins."""
DELAYED: Final = re.compile(
    r"\bdelay(?:ed)?\b(?! ?expired)|atras(?:o|ad)|retras(?:o|ad)|warning: (?:could not|message)|still (?:trying"
    r"|being retried)|adiad[ao]|verzögert|retardé|in ritardo|vertraagd|opóźni|задерж|延迟|遅延"
    r"|delivery attempts will continue|will be retried|will (?:continue|keep) (?:to )?(?:try|retry)"
    r"|not yet been delivered|has not yet been delivered|this is (?:just )?a warning(?: message)?(?: only)?"
    r"|do not need to (?:resend|take any action)|temporarily deferred|temporary (?:problem|failure) delivering"
    r"|n[ãa]o (?:precisa|[ée] necess[áa]rio) reenvi|continuar(?:á|emos|ão) (?:a )?tentando|novas tentativas"
    r"|tentaremos entregar|wird weiterhin versucht|sera retent",
    re.IGNORECASE,
)
NOTICE: Final = re.compile(
    r"this is the (?:qmail|mail (?:system|delivery|server)|mailer|postfix|deliver program|machine generated"
    r"|email server|mail delivery agent|.{0,30}\(?postfix)|i'm (?:sorry|afraid) (?:to have to inform"
    r"|i wasn't able)|we're sorry\. there's a problem|hi\. (?:this is|the mta)|i wasn't able to deliver"
    r"|unable to deliver (?:your )?(?:message|mail)"
    r"|could(?: not|n't) be delivered|(?:was|were) (?:not delivered|undeliverable|unable to be delivered"
    r"|returned)|wasn't delivered|(?:did|does) not (?:reach|exist)|didn't reach|delivery (?:to the following"
    r"|has failed|failed|of (?:your|this))|(?:failed|undelivered) recipients?|recipients? (?:could not|failed"
    r"|unknown|rejected|address rejected)|failed addresses|permanent(?:ly)? (?:error|fatal|fail)|fatal errors"
    r"|undeliverable|transcript of (?:the )?session|the following (?:address|recipient|organization|message to)"
    r"|(?:message|mail) (?:could not|has been returned|was automatically rejected|has been rejected"
    r"|was rejected|not delivered|delivery failed)"
    r"|automatically (?:generated|created)(?: by)? (?:mail |delivery )?(?:delivery|status|message)"
    r"|no such (?:user|address|mailbox)|user (?:unknown|not (?:found|listed|known))|mailbox (?:full"
    r"|is full|unavailable|not found|quota)|over ?quota|not listed in|address(?:es)? (?:had|failed|not found)"
    r"|problems? delivering|delivery problems|smtp error|remote (?:host|server) (?:said|returned|replied)"
    r"|diagnostic (?:information|code)|final-recipient|x-failed|msexch|n[ãa]o (?:p[ôo]de|foi poss[íi]vel"
    r"|conseguimos|foi) (?:ser )?entreg|n[ãa]o foi entregue|n[ãa]o chegou|destinat[áa]rios? (?:n[ãa]o"
    r"|desconhecid|inexistente|abaixo)|usu[áa]rio (?:desconhecido|inexistente|n[ãa]o (?:existe|encontrado))"
    r"|caixa (?:postal|de correio) (?:cheia|inexistente|lotada)|cota|falha (?:na|de) entrega"
    r"|endere[çc]o (?:n[ãa]o encontrado|inexistente)|problema (?:ao|na) entreg|devolvid"
    r"|no (?:se )?(?:pudo|ha podido|puede) (?:ser )?entreg|zugestellt|nicht (?:zugestellt|erreicht|übermittelt)"
    r"|empfänger|n['’]a pas pu|n['’]a pu|destinataire|non [eè] stat[oa] (?:recapitat|consegnat|possibile)"
    r"|destinatari|niet (?:worden )?(?:afgeleverd|bezorgd)|nie (?:mogła|została|można)|не (?:удалось|может"
    r"|доставлен|была)|无法|未能|退回|配信|届け|반송|수신자",
    re.IGNORECASE,
)
RETURNED_BEGINS: Final = re.compile(
    r"(?m)^[\W_]{0,20}(?:(?:below (?:this|the next) line is a copy|this is a copy of|(?:here is|included is"
    r"|a copy of) (?:your|a copy|the|headers)|(?:the )?(?:original|unsent|old|returned) (?:message|mail"
    r"|e-?mail)(?: (?:headers?|follows?|details|text|is|attached|to|sent|reads|below))*"
    r"|your (?:message|mail|e-?mail)(?: (?:headers?|follows?|text|is|attached|reads|below))*(?=[ \t]*:?[ \t]*$)"
    r"|message (?:headers?|text|body|contents?) follow|(?:mensagem|e-?mail|mensaje|nachricht"
    r"|messaggio) original|start of returned|returned mail follows|forwarded message|in[íi]cio da mensagem"
    r"|undelivered message|cabe[çc]alhos? (?:da|de) mensagem|c[óo]pia da mensagem)\b|(?:return-path|received"
    r"|delivered-to|message-id|x-sender|dkim-signature|mime-version)\s*:)",
    re.IGNORECASE,
)
"""Where the mail that comes back begins: what it says is ours."""
