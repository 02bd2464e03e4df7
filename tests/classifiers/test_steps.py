"""What the classifiers tell of a contact's way."""

from uuid import UUID

from classifiers.steps import steps
from ouvidor.events import CLASSIFIED, CORRECTED, DIFFERED, DISPATCHED, DOUBTED
from ouvidor.records import (
    Classified,
    Correction,
    Dispatched,
    Evidence,
    Flag,
    Labels,
    Message,
    Severity,
    ShadowDifference,
    Verdict,
)
from ouvidor.settings import Settings
from ouvidor.steps import Step
from tests.history import BEGAN, NUMBER, dispatch, event, records
from tests.routers.samples import message, verdict


def judged() -> tuple[Message, Verdict]:
    said = message(protocol=NUMBER, subject="Luz", text="Rosa Lima diz que caiu um fio.")
    spoke = Evidence(start=18, end=29, label="flags:safety", source="rule:wires-down")
    return said, verdict(Flag.SAFETY, severity=Severity.CRITICAL, evidence=(spoke,))


def told(step: Step) -> str:
    return "\n".join(line.plain for line in step.lines)


def test_the_verdict_is_told_with_its_words_and_why():
    said, how = judged()
    classified = event(Classified(message=said, verdict=how), "ouvidor.classified", CLASSIFIED)
    its = event(Dispatched(message=said, verdict=how, dispatch=dispatch()), "ouvidor.department.saude", DISPATCHED)
    (step,) = steps(Settings(), records(classified, its))
    assert (step.name, [record.topic for record in step.records]) == ("judged", ["ouvidor.classified"])
    assert "gravidade crítica" in told(step)
    assert "Rosa Lima diz que caiu um fio." in told(step)
    assert "“caiu um fio”" in told(step)


def test_where_the_department_gets_the_extract_its_words_are_shown():
    said, how = judged()
    masked = said.model_copy(update={"text": "[pessoa 1] diz que caiu um fio."})
    copy = Dispatched(message=masked, verdict=how.model_copy(update={"evidence": ()}), dispatch=dispatch(extract=True))
    whole = Dispatched(message=said, verdict=how, dispatch=dispatch())
    history = records(
        event(Classified(message=said, verdict=how), "ouvidor.classified", CLASSIFIED),
        event(whole, "ouvidor.ombudsman", DISPATCHED),
        event(copy, "ouvidor.department.saude", DISPATCHED),
    )
    (step,) = steps(Settings(), history)
    assert "[pessoa 1] diz" in told(step)
    assert "Rosa" not in told(step)


def test_until_it_is_known_that_the_department_may_read_who_wrote_the_words_are_masked():
    said, how = judged()
    said = said.model_copy(update={"author": said.author.model_copy(update={"name": "Rosa Lima"})})
    named = Correction(protocol=NUMBER, severity=Severity.HIGH, by="ombudsman", why="a Rosa Lima confirmou", at=BEGAN)
    waiting = [
        event(Classified(message=said, verdict=how), "ouvidor.classified", CLASSIFIED),
        event(Dispatched(message=said, verdict=how, dispatch=dispatch()), "ouvidor.ombudsman", DISPATCHED),
        event(named, "ouvidor.corrections", CORRECTED),
    ]
    found = {step.name: told(step) for step in steps(Settings(), records(*waiting))}
    assert "[NOME 1] diz que caiu um fio." in found["judged"]
    assert "“caiu um fio”" in found["judged"]
    assert "porque: a [NOME 1] confirmou" in found["corrected"]
    owners = event(Dispatched(message=said, verdict=how, dispatch=dispatch()), "ouvidor.department.saude", DISPATCHED)
    found = {step.name: told(step) for step in steps(Settings(), records(*waiting, owners))}
    assert "Rosa Lima diz" in found["judged"]
    assert "a Rosa Lima confirmou" in found["corrected"]


def test_a_long_message_is_shown_in_part_and_its_evidence_whole():
    said, how = judged()
    spoke = Evidence(start=5000, end=5011, label="flags:safety", source="rule:wires-down")
    said = said.model_copy(update={"text": f"{'x' * 4999} caiu um fio."})
    whole = Dispatched(message=said, verdict=how.model_copy(update={"evidence": (spoke,)}), dispatch=dispatch())
    (step,) = steps(Settings(), records(event(whole, "ouvidor.department.saude", DISPATCHED)))
    assert "[… mais 3012 letras]" in told(step)
    assert "“caiu um fio”" in told(step)


def test_a_verdict_that_only_a_department_still_has_is_told_from_there():
    said, how = judged()
    (step,) = steps(
        Settings(),
        records(event(Dispatched(message=said, verdict=how, dispatch=dispatch()), "ouvidor.ombudsman", DISPATCHED)),
    )
    assert "gravidade crítica" in told(step)
    assert step.records == ()


def test_the_wait_the_correction_and_the_model_in_the_shadow_are_told():
    said, how = judged()
    labels = Labels(
        kind=how.kind, severity=Severity.LOW, difficulty=how.difficulty, sure=True, kind_confidence=0.9,
        classifier=how.classifier,
    )  # fmt: skip
    correction = Correction(
        protocol=NUMBER, severity=Severity.HIGH, flags=(), by="ombudsman", why="ninguém\x1b[2J em perigo", at=BEGAN
    )
    differed = ShadowDifference(message=UUID(int=7), protocol=NUMBER, said=labels, shadow=labels)
    found = {
        step.name: told(step)
        for step in steps(
            Settings(),
            records(
                event(Classified(message=said, verdict=how), "ouvidor.doubtful", DOUBTED),
                event(correction, "ouvidor.corrections", CORRECTED),
                event(differed, "ouvidor.shadow", DIFFERED),
            ),
        )
    }
    assert found.keys() == {"doubted", "corrected", "differed"}
    assert found["corrected"] == "gravidade alta; sinais: nenhum, diz ombudsman\nporque: ninguém[2J em perigo"
    assert "gravidade baixa" in found["differed"]
