# ruff: noqa: RUF001 - letters of other alphabets are meant as such
"""The words of replies that nobody wrote. Only the words: how they are used is in `auto_replies.py`."""

import re
from typing import Final

__all__ = ["ABSENCE", "CHALLENGE_LOOSE", "CHALLENGE_SUBJECT", "CHALLENGE_TEXT", "LOOSE_SUBJECT", "REPLY_SUBJECT"]

REPLY_SUBJECT: Final = re.compile(
    r"\W{0,3}(?:resposta autom[áaà]tica|resposta automàtica|respuesta autom[áa]tica|automatic reply"
    r"|auto(?:matic)?[ -]?reply|auto(?:matic)?[ -]?response|autorespon(?:se|der)"
    r"|out of (?:the )?office(?: auto(?:matic)?[ -]?)reply|vacation (?:auto-?)?(?:reply|response)"
    r"|r[ée]ponse automatique|automatische (?:antwort|e-?mail-antwort)|abwesenheits(?:notiz|assistent|meldung)"
    r"|risposta automatica|automatisch antwoord|afwezigheidsbericht|odpowied[źz] automatyczna"
    r"|automatyczna odpowiedź"
    r"|автоответ(?:чик)?|автоматический ответ|автоматична відповідь|自动回复|自动答复|自動回覆|自動返信"
    r"|自動応答|不在通知|자동 ?(?:회신|응답)|부재중 ?(?:자동)? ?(?:회신|응답)|automaattinen vastaus|autosvar"
    r"|automatiskt? svar|frånvaromeddelande|automatická odpov[ěe]ď|otomatik (?:yanıt|cevap)|automatikus válasz"
    r"|răspuns automat|αυτόματη απάντηση)"
    r"\s*(?:[:：\[\]]|[(\-–—]\s|$)|AUTO:\s.{2,80}\s(?:is|will be|est[áa]|estar[áa]) (?:out|away|fora|ausente)",
    re.IGNORECASE,
)
"""As programs begin a subject, and end it there or go on with the old one."""
LOOSE_SUBJECT: Final = re.compile(
    r"\W{0,3}(?:mensagem autom[áa]tica|auto-?resposta|aviso de (?:aus[êe]ncia|f[ée]rias)"
    r"|aus[êe]ncia(?: tempor[áa]ria| do escrit[óo]rio)?|(?:estou |estarei )?(?:fora do escrit[óo]rio|(?:de"
    r"|em) f[ée]rias|ausente)|notifica[çc][ãa]o de aus[êe]ncia|recebemos (?:a )?sua mensagem"
    r"|confirma[çc][ãa]o de recebimento"
    r"|fuera de (?:la )?oficina|ausente|ausencia|de vacaciones|out of (?:the )?office"
    r"|away from (?:the )?(?:office|my mail)|(?:i am|i'm) (?:away|out of)|on (?:vacation|leave|holiday)"
    r"|absence(?: du bureau)?|absent|en cong[ée]s|nicht im b(?:ü|ue)ro|abwesen|urlaub|fuori (?:sede|ufficio)"
    r"|assenza|afwezig|nieobecno|отпуск|нет на месте|在休假|外出|不在|휴가|부재|poissa|på semester|ferie"
    r"|nepřítomn|ofis dışında)"
    r"\s*(?:$|[:：\-–—(,]|\d|(?:at[ée]|until|till|from|de|do|bis|vom|hasta|jusqu\S*|a partir)\s[^?!]{0,14}\d)"
    r"|\W{0,3}(?:out of (?:the )?office|fora do escrit[óo]rio|ausente|de f[ée]rias"
    r"|mensagem autom[áa]tica)\s*[:：\-–—(]",
    re.IGNORECASE,
)
"""What people may write too."""
ABSENCE: Final = re.compile(
    r"(?:estou|estarei|encontro-me|estaremos) (?:ausente|fora|de f[ée]rias|em f[ée]rias|de licen[çc]a|em viagem"
    r"|em recesso)|retorno(?:rei)? (?:em|no dia|dia|[àa]s)|acesso limitado|(?:esta|este) (?:[ée] uma"
    r"|[ée] um) (?:mensagem|resposta|e-?mail) autom[áa]tic|n[ãa]o responda (?:a )?est[ae]|(?:recebemos"
    r"|agradecemos) (?:o |a )?(?:seu|sua) (?:e-?mail|mensagem|contato|solicita)"
    r"|(?:i am|i'm|i will be|i'll be|we are) (?:currently )?(?:out|away|on (?:vacation|leave|holiday|annual"
    r"|maternity|parental|business)|traveling|travelling|not in)|limited access|automatic(?:ally)? (?:reply"
    r"|generated|response)|do not reply to this|(?:thank you|thanks) for (?:your (?:e-?mail|message)"
    r"|contacting)|(?:received|acknowledge) your (?:e-?mail|message|request)|annual leave"
    r"|(?:estoy|estar[ée]) (?:fuera|ausente|de vacaciones)|gracias por (?:su|contactar)|je suis (?:absent"
    r"|actuellement|en cong)|(?:ich bin|bin ich) (?:bis|vom|derzeit|zur ?zeit|im urlaub|nicht|ab)"
    r"|nicht im (?:büro|hause)|sono (?:assente|fuori|in ferie)|ik ben (?:afwezig|niet|met|op)|jestem nieobecn"
    r"|я (?:в отпуске|нахожусь)|休假|外出|不在|휴가",
    re.IGNORECASE,
)
CHALLENGE_SUBJECT: Final = re.compile(
    r"\W{0,3}(?:antispam uol|anti-?spam (?:terra|bol|ig|locaweb|globo)\s?[»:>-]|challenge[ -]response|verify# ?\w{6,}"
    r"|your (?:e-?mail|message)(?: to .{1,80})? requires verification|re: .{0,120}\[(?:verification|confirm) #"
    r"|.{0,80}\[spamblocker\]|.{0,60}boxbe.{0,30}waiting list|spam ?arrest verification)",
    re.IGNORECASE,
)
"""As filters begin a subject, and nobody else."""
CHALLENGE_LOOSE: Final = re.compile(
    r"\W{0,3}(?:please confirm your (?:message|e-?mail)|confirme (?:o envio|a entrega|seu e-?mail|sua mensagem)"
    r"|(?:your )?message (?:awaiting|pending)|sua mensagem aguarda|confirma[çc][ãa]o (?:de envio|necess[áa]ria)"
    r"|action required: confirm|подтвердите отправку)",
    re.IGNORECASE,
)
"""What people may write too: it counts with words that ask for a proof."""
CHALLENGE_TEXT: Final = re.compile(
    r"(?:reply to this (?:message|e-?mail)|click (?:the|on the|this)|clique (?:no|aqui|neste)"
    r"|responda (?:a )?est[ae]).{0,120}(?:verify|confirm|deliver|human|entreg|confirm|liber)",
    re.IGNORECASE | re.DOTALL,
)
