"""A dispatch told in sentences: who answers and by which line of the table, who is told, until when, why the ombudsman.

The deadline is told day by day, with what counted and why nothing did, so that nobody needs to believe it.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final

from ouvidor.business_time import BusinessCalendar
from ouvidor.portuguese import FLAGS, KINDS, SEVERITIES
from ouvidor.records import OPINION, Dispatch, Flag, Message, Team, Verdict
from routers.clocks.amount import Unit
from routers.clocks.profile import Step
from routers.clocks.trace import TracedDay, trace
from routers.clocks.words import length, why
from routers.compiled import Table
from routers.decision import Decision, decide
from routers.portuguese import day, listed, moment, span, until
from routers.route import route
from routers.standing_in import absence, seen_on
from routers.unknown import wishes_to_stay_unknown

__all__ = ["told", "why_ombudsman"]

_FAILED: Final = "condition_failed:"
_TRIAGE: Final = {
    "area_unknown": "o assunto não foi reconhecido",
    "area_unowned": "o assunto não é de nenhum setor",
    "area_unsure": "o assunto não é certo",
    "area_by_opinion": "o assunto não é certo e o setor foi indicado por outro modelo, que foi consultado",
}


def told(message: Message, verdict: Verdict, table: Table, calendar: BusinessCalendar) -> Iterator[str]:
    """Give the sentences, each a line."""
    decision = decide(message, verdict, table, calendar)
    dispatch = route(message, verdict, table, calendar)
    yield f"{message.protocol}: {_judged(verdict)}."
    yield f"  Responde: {_department(decision.owner, table)}. {_why_owner(message, verdict, decision)}"
    if decision.deputy_for is not None:
        absent = _absent(decision.deputy_for, message, table, calendar)
        yield f"  Substitui: {_department(decision.deputy_for, table)}, {absent}."
    if decision.triage is not None:
        yield f"  Triagem: {_TRIAGE[decision.triage]}; uma pessoa do setor padrão decide de quem é."
    if decision.team is not None:
        yield f"  Equipe: {_team(decision.team, table)}."
    for name in decision.informed:
        yield f"  Fica sabendo: {_department(name, table)}, {_why_informed(name, decision, table)}."
    yield f"  Autor: {_author(message, decision, verdict, dispatch, table)}"
    yield f"  Ouvidoria: {_ombudsman(verdict, decision)}"
    yield from _deadline(message, verdict, dispatch, table, calendar)
    for name in decision.failed:
        yield f"  Atenção: a regra “{name}” não pôde ser avaliada nesta mensagem e foi tida como não atendida."
    yield f"  Linha da tabela: {dispatch.rule}"


def _judged(verdict: Verdict) -> str:
    flags = f"; sinais: {listed([FLAGS[flag] for flag in verdict.flags])}" if verdict.flags else ""
    sure = "" if verdict.sure else "; o classificador não está seguro"
    return f"{KINDS[verdict.kind]}, gravidade {SEVERITIES[verdict.severity]}{flags}{sure}"


def _department(name: str, table: Table) -> str:
    return f"{table.departments[name].title} ({name})"


def _team(team: Team, table: Table) -> str:
    members = [_department(name, table) for name in team.members if name != team.lead]
    return f"coordena {_department(team.lead, table)}" + (f", com {listed(members)}" if members else "")


def _why_informed(name: str, decision: Decision, table: Table) -> str:
    if rules := [f"“{rule.name}”" for rule in decision.held if name in rule.then.informed]:
        return f"pela regra {listed(rules)}"
    if decision.triage is not None and name == table.file.default and name != decision.deputy_for:
        return "porque faz a triagem"
    return "porque é da equipe" if decision.team and name != decision.deputy_for else "porque é o dono e está ausente"


def _why_owner(message: Message, verdict: Verdict, decision: Decision) -> str:
    if message.automatic is not None:
        return f"A mensagem é automática ({message.automatic.kind}): fica com o setor padrão."
    for rule in decision.held:
        if rule.name == decision.by:
            return f"É o que diz a regra “{rule.name}”: {rule.when}"
    if decision.by.startswith("area:"):
        return f"Nenhuma regra decide; o assunto “{verdict.area}” é deste setor."
    if decision.by.startswith(OPINION):
        return f"Nenhuma regra decide; outro modelo, que foi consultado, leu “{verdict.area}”, que é deste setor."
    return f"Nenhuma regra decide e {_unknown(verdict, decision)}: fica com o setor padrão."


def _unknown(verdict: Verdict, decision: Decision) -> str:
    if verdict.area is None:
        return "o assunto não foi reconhecido"
    if decision.triage == "area_unsure":
        return f"o assunto “{verdict.area}” não é certo"
    return f"nenhum setor tem o assunto “{verdict.area}”"


def _absent(name: str, message: Message, table: Table, calendar: BusinessCalendar) -> str:
    department = table.departments[name]
    until_day = absence(department, seen_on(department, message.received_at, calendar))
    return "que está ausente" if until_day is None else f"que está ausente até {until_day:%d/%m/%Y}"


def _author(message: Message, decision: Decision, verdict: Verdict, dispatch: Dispatch, table: Table) -> str:
    if not dispatch.extract:
        return "o setor recebe a mensagem com o autor."
    flags = [FLAGS[flag] for flag in (Flag.MISCONDUCT, Flag.PRIVACY) if flag in verdict.flags]
    reasons = [f"a mensagem fala de {listed(flags)}"] if flags else []
    if wishes_to_stay_unknown(message):
        reasons.append("quem escreve pede para não ser identificado")
    if table.departments[decision.owner].identity == "extract":
        reasons.append("o setor recebe sempre o extrato")
    elif decision.deputy_for is not None and table.departments[decision.deputy_for].identity == "extract":
        reasons.append("o setor que ele substitui recebe sempre o extrato")
    return (
        f"o setor recebe o extrato, sem o autor: {listed(reasons)}. No texto, o que identifica alguém está mascarado."
    )


def _ombudsman(verdict: Verdict, decision: Decision) -> str:
    if not decision.clauses:
        return "não recebe."
    return f"também recebe, porque {why_ombudsman(decision.clauses, verdict)}."


def why_ombudsman(clauses: Iterable[str], verdict: Verdict) -> str:
    """Say why the ombudsman sees it. `clauses` are those that spoke."""
    return "; ".join(_clause(clause, verdict) for clause in clauses if not clause.startswith(_FAILED))


def _clause(clause: str, verdict: Verdict) -> str:
    flags = listed([FLAGS[flag] for flag in verdict.flags]) if verdict.flags else ""
    if clause.startswith("rule:"):
        return f"a regra “{clause.removeprefix('rule:')}” o diz"
    words = {
        "critical": "a gravidade é crítica",
        "high_with_flag": f"a gravidade é alta e há sinais de alerta ({flags})",
        Flag.ASKS_FOR_OMBUDSMAN: "a pessoa pede a ouvidoria",
        Flag.REPEAT_CONTACT: "a reclamação já foi feita antes, sem solução",
        "not_sure": "o classificador não está seguro",
        "handed_back": "os setores a devolveram",
    }
    if clause in FLAGS and clause not in words:
        return f"a mensagem fala de {FLAGS[Flag(clause)]}"
    return words.get(clause) or f"“{clause}”"  # of another version


def _deadline(
    message: Message,
    verdict: Verdict,
    dispatch: Dispatch,
    table: Table,
    calendar: BusinessCalendar,
) -> Iterator[str]:
    profile, start = table.file.profile_of(dispatch.profile), message.received_at
    step = profile.steps[profile.answer]
    amount = step.amount(verdict.severity)
    yield (
        f"  Prazo: {until(dispatch.deadline, calendar.zone)}, {length(amount)} a contar de"
        f" {moment(start, calendar.zone)} (gravidade {SEVERITIES[verdict.severity]}, perfil {dispatch.profile})."
    )
    if amount.unit in {Unit.BUSINESS_TIME, Unit.BUSINESS_DAYS}:
        for each in trace(step, amount, amount, start, calendar):
            yield f"    {day(each.date)}: {_counted(step, each, start, calendar)}"
    for date in dispatch.terms:
        title = profile.steps[date.step].title
        if date.step != profile.answer:
            yield f"  Também corre: {title}, até {until(date.until, calendar.zone)}."
        elif date.extended_until is not None:
            yield f"  Com prorrogação justificada: até {until(date.extended_until, calendar.zone)}."


def _counted(step: Step, each: TracedDay, start: datetime, calendar: BusinessCalendar) -> str:
    if each.counted:
        return span(each.counted)
    words = why(step, each, start, calendar.zone)
    return f"não conta, {words}" if each.number is None else f"{each.number}º dia{words and f', {words}'}"
