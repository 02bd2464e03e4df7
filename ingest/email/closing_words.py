# ruff: noqa: RUF001 - letters of other alphabets are meant as such
"""How people greet and take their leave in a letter. Only the words: how they are used is in `signatures.py`."""

import re
from typing import Final

__all__ = ["CLOSING", "GREETING", "POSTSCRIPT"]

CLOSING: Final = re.compile(
    r"[\W_]{0,3}(?:(?:muito |desde já,? |fico |antecipadamente )?(?:atenciosamente|atensiosamente|att|at\.?te"
    r"|atte|grat[oa]s?|agrade[çc]o|agradecid[oa]|obrigad[oa]|cordialmente|respeitosamente|sds"
    r"|sauda[çc][õo]es(?: cordiais)?|cumprimentos|com os (?:meus )?(?:melhores )?cumprimentos"
    r"|melhores cumprimentos|abs|abra[çc]os?|um abra[çc]o|bjs|beijos|no aguardo|aguardo (?:retorno|resposta"
    r"|provid[êe]ncias))"
    r"|atentamente|saludos(?: cordiales)?|un saludo|cordiales saludos|un cordial saludo|gracias"
    r"|(?:kind(?:est)?|best|warm(?:est)?|with (?:kind|best)) regards|regards|best(?: wishes)?"
    r"|sincerely(?: yours)?|yours (?:sincerely|faithfully|truly)|cheers|thanks(?: (?:and regards|in advance"
    r"|a lot|again))?|thank you(?: very much)?|many thanks|rgds"
    r"|(?:mit )?(?:freundliche[nm]?|beste[nr]?|viele[n]?|liebe[n]?|herzliche[n]?|schöne[n]?) (?:gr(?:ü|ue)(?:ß"
    r"|ss)en?|gru(?:ß|ss))|mfg|vg|lg|hochachtungsvoll|gru(?:ß|ss)"
    r"|(?:bien )?cordialement|(?:sincères )?salutations(?: distinguées)?|merci(?: d['’]avance)?|cdlt|bien à vous"
    r"|(?:cordiali|distinti) saluti|saluti|grazie(?: mille)?|in fede"
    r"|met (?:vriendelijke|hartelijke) groet(?:en)?|(?:vriendelijke|hartelijke) groet(?:en)?|groet(?:en|jes)?"
    r"|mvg|hoogachtend|bedankt"
    r"|(?:z poważaniem|pozdrawiam(?: serdecznie)?|z wyrazami szacunku|dziękuję)|(?:с уважением|всего доброго"
    r"|спасибо)|(?:з повагою)"
    r"|(?:med )?(?:vänliga?|bästa|vennlig|venlig|bedste|beste) h[äi]ls(?:n?ing(?:ar)?|en)|mvh|hälsningar"
    r"|ystävällisin terveisin|terveisin|s pozdravem|s přátelským pozdravem|saygılarımla|saygılar|iyi çalışmalar"
    r"|teşekkürler"
    r"|此致(?:敬礼)?|敬礼|谢谢|祝好|敬上|以上|よろしくお願い(?:いた|致)?します|敬具|감사합니다"
    r"|안녕히 계세요)(?P<name>[\s,.!;:–—-]{0,4}(?:(?-i:[^\W\d_a-zà-ÿ])[^\W\d_]{0,20}"
    r"(?:\.?\s(?:(?-i:[^\W\d_a-zà-ÿ])[^\W\d_]{0,20}"
    r"|d[aeo]s?|e|y|van|von|der|de la)){0,6})?)[.!,;:]?\s*$",
    re.IGNORECASE,
)
"""A line that takes leave, with the name on it or not."""
GREETING: Final = re.compile(
    r"[\W_]{0,3}(?:prezad[oa]s?(?:\([ao]s?\))?|car[oa]s?|ol[áa]|oi|bom dia|boa (?:tarde|noite)|senhor(?:es|a"
    r"|as)?|a quem possa interessar|estimad[oa]s?|hola|buen(?:os|as) (?:d[íi]as|tardes|noches)|dear|hello|hi"
    r"|hey|good (?:morning|afternoon|evening)|sehr geehrte[rn]?|hallo|guten (?:tag|morgen)|bonjour|madame"
    r"|monsieur|buongiorno|gentile|salve|geachte|beste|dzień dobry|szanown[ia]|здравствуйте|добрый день|你好|您好"
    r"|お世話になっております)(?![a-zà-ÿ])(?:[\s,，]{1,3}(?:(?-i:[^\W\d_a-zà-ÿ])[^\W\d_]{0,20}\.?"
    r"|[ao]s?|à|aos?|d[aeo]s?|e|y|and|et|und|all|there|everyone|folks|guys|team|sir|madam|tod[ao]s|equipe|time|pessoal"
    r"|gente|senhor(?:es|as?)?|sr|sra|srs|dra?|tudo|bem|bom|boa|dia|tarde|noite|como|vai|est[áã]o?|colegas|amig[oa]s?"
    r"|equipo|señor(?:es|a)?|tous|tutti)){0,6}(?:[\s,，]{1,3}[^\W\d_]{1,20})?\s?[,.:!?，。：！]{0,3}\s*$",
    re.IGNORECASE,
)
"""A line that greets and says nothing: a name or two and no more, for "Oi, ainda não recebi o dinheiro" says a lot."""
POSTSCRIPT: Final = re.compile(
    r"[\W_]{0,3}(?:p\.?\s?s\.?|obs\.?|n\.?\s?b\.?|post ?scriptum|em tempo|з\.?ы\.?|p\.?d\.?)\s*[:.\-–]\s*\S",
    re.IGNORECASE,
)
