"""The text of a mail to a department: pure, from an event's data, whichever of its fields are there.

The subject has labels and the protocol, never the customer's words: subjects are shown on locked screens. An event that
is no dispatch is told in one sentence; all of it is in the attachment.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime, tzinfo
from typing import Any, Final

from ouvidor.portuguese import CHANNELS, DIFFICULTIES, FLAGS, KINDS, SEVERITIES, end_of

__all__ = ["ABOVE", "HOW", "subject_of", "text_of"]

ABOVE: Final = "##- Para responder, escreva acima desta linha -##"
"""Where an answer ends, whatever the mail program makes of the mail below it."""
HOW: Final = """\
O que você escrever é a resposta à pessoa. Para outra coisa, comece a primeira linha assim:
  DEVOLVER: motivo                     não é deste departamento
  DEVOLVER PARA departamento: motivo   quando sabe de quem é
  PERGUNTAR: pergunta                  à pessoa, antes de responder
  PRORROGAR: motivo                    uma vez, onde o prazo admite
  ENCERRAR: o que foi feito            propõe encerrar
  PARCIAL: resposta                    haverá outra depois desta"""
"""What may be said in an answer; it is read by `sinks/answers/reading.py`."""

_CONTROL: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")
_BY_OPINION: Final = "area_by_opinion"
_WORDS_LIMIT: Final = 40_000


def subject_of(data: Mapping[str, Any], protocol: str | None, zone: tzinfo) -> str:
    """Give the mail's subject."""
    verdict, dispatch = _part(data, "verdict"), _part(data, "dispatch")
    kind, severity = KINDS.get(str(verdict.get("kind"))), SEVERITIES.get(str(verdict.get("severity")))
    what = " de gravidade ".join(word for word in (kind, severity) if word) or "aviso"
    until = _end(dispatch.get("deadline"), zone)
    number = f"[{protocol}] " if protocol else ""
    return f"{number}{what[:1].upper()}{what[1:]}" + (f", prazo {until}" if until else "")


def text_of(data: Mapping[str, Any], *, protocol: str | None, department: str, zone: tzinfo, answers: bool) -> str:
    """Give the mail's text. `answers`: does an answer to the mail reach the case?"""
    asked = answers and _may_answer(_part(data, "dispatch"), department)
    lines = [ABOVE, ""] if asked else []
    lines += [f"Protocolo: {protocol or 'sem número'}", *_facts(data, department, zone), "", *_words(data), ""]
    if asked:
        lines += [
            "Responda a este e-mail, sem mudar o destinatário: a resposta entra no caso.",
            "Ela não vai por este caminho direto à pessoa. Arquivos anexados ficam no caso.",
            HOW,
            "",
        ]
    lines += ["O registro completo está no anexo, em JSON.", ""]
    return "\n".join(lines)


def _may_answer(dispatch: Mapping[str, Any], department: str) -> bool:
    """Tell whether a department does more than read: the owner, who works on it with the owner, the ombudsman."""
    team = _part(dispatch, "team")
    others = (dispatch.get("deputy_for"), team.get("lead"), *(team.get("members") or ()))
    return department in {dispatch.get("owner", department), "ombudsman", *others}


def _facts(data: Mapping[str, Any], department: str, zone: tzinfo) -> Iterator[str]:
    message, verdict, dispatch = (_part(data, name) for name in ("message", "verdict", "dispatch"))
    channel = CHANNELS.get(str(message.get("channel")))
    if received := _moment(message.get("received_at"), zone):
        yield f"Recebida em {received}" + (f", por {channel}" if channel else "")
    labels = [
        KINDS.get(str(verdict.get("kind"))),
        f"gravidade {SEVERITIES[severity]}" if (severity := str(verdict.get("severity"))) in SEVERITIES else None,
        f"dificuldade {DIFFICULTIES[level]}" if (level := str(verdict.get("difficulty"))) in DIFFICULTIES else None,
    ]
    if any(labels):
        yield f"Classificação: {', '.join(label for label in labels if label)}"
    if flags := [FLAGS.get(str(flag), str(flag)) for flag in verdict.get("flags") or ()]:
        yield f"Atenção: {', '.join(flags)}"
    if verdict.get("sure") is False:
        yield "A classificação não é certa: leia antes de agir."
    if dispatch.get("owner") == department:
        yield "Quem responde: este departamento"
    elif owner := dispatch.get("owner"):
        yield f"Quem responde: {owner}; a este departamento, para conhecimento"
    if until := _end(dispatch.get("deadline"), zone):
        yield f"Prazo da resposta: {until}"
    yield from _handed_back(dispatch)
    yield from _triage(dispatch)
    if dispatch.get("ombudsman") is True:
        yield "A ouvidoria também vê este caso."


def _triage(dispatch: Mapping[str, Any]) -> Iterator[str]:
    if dispatch.get("triage") == _BY_OPINION:
        yield "A tabela não soube de quem é; quem responde foi indicado por outro modelo: por favor, confira."
    elif dispatch.get("triage"):
        yield "A tabela não soube de quem é: por favor, encaminhe."


def _handed_back(dispatch: Mapping[str, Any]) -> Iterator[str]:
    for reason in dispatch.get("handed_back") or ():
        words = _clean(str(reason)).replace("\n", " ")
        yield words[:1].upper() + words[1:]


def _words(data: Mapping[str, Any]) -> Iterator[str]:
    message = _part(data, "message")
    if not message:
        yield "Houve um novo evento neste caso: veja o anexo."
        return
    if subject := message.get("subject"):
        yield f"Assunto: {_clean(str(subject))}".replace("\n", " ")
    yield "A pessoa escreveu:"
    yield ""
    words = _clean(str(message.get("text") or "(sem texto)"))
    cut = len(words) > _WORDS_LIMIT
    yield from (f"  {line}" for line in words[:_WORDS_LIMIT].split("\n"))
    if cut:
        yield "  […] o resto está no anexo"
    if count := len(message.get("attachments") or ()):
        yield ""
        yield f"Arquivos que vieram junto: {count}"


def _clean(text: str) -> str:
    return _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def _part(data: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = data.get(name)
    return found if isinstance(found, dict) else {}


def _moment(given: object, zone: tzinfo) -> str:
    try:
        local = datetime.fromisoformat(str(given)).astimezone(zone)
    except ValueError:
        return ""
    return f"{local:%d/%m/%Y} às {local:%H:%M}"


def _end(given: object, zone: tzinfo) -> str:
    try:
        local, clock = end_of(datetime.fromisoformat(str(given)), zone)
    except ValueError:
        return ""
    return f"{local:%d/%m/%Y} às {clock}"
