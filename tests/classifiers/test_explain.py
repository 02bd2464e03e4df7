"""`--explain`: what a department reads of a verdict, by its own words, in Portuguese."""

import io

import pytest
from rich.console import Console

from classifiers.cascade import Cascade
from classifiers.explain import explain
from classifiers.judge import Judged
from classifiers.portuguese import sentences
from classifiers.reasons import also, reasons
from classifiers.rulebook import RuleBook
from classifiers.seats import cascade
from ouvidor.records import Evidence, Kind, Verdict
from tests.classifiers.conftest import Judge

SEVERAL = "O ônibus não passou, já reclamei três vezes e nada. Aproveito para solicitar a poda da árvore da praça."


@pytest.fixture(scope="module")
def judging() -> Cascade:
    return cascade()


def _shown(text: str, verdict: Verdict, *, colours: bool = False, **more: object) -> str:
    out = io.StringIO()
    console = Console(file=out, soft_wrap=True, force_terminal=colours, color_system="standard" if colours else None)
    console.print(explain("7", text, verdict, **more))  # type: ignore[arg-type] - tests give what the fields are called
    return out.getvalue()


def test_every_rule_has_its_sentence_for_staff_and_none_is_left_over(book: RuleBook):
    assert set(sentences()) == {rule.spec.id for rule in book.rules}


def test_it_says_the_labels_the_words_and_what_they_mean(verdict_on: Judge):
    text = "Vou ao Procon"
    shown = _shown(text, verdict_on(text))
    assert "órgão externo" in shown
    assert "“Vou ao Procon”  abriu ou vai abrir reclamação em órgão de fora  [regulator]" in shown
    assert "em dúvida: uma pessoa decide" in shown


def test_a_pipe_gets_words_and_a_terminal_colours(verdict_on: Judge):
    text = "Caiu um fio na calçada da escola"
    assert "\x1b[" not in _shown(text, verdict_on(text))
    assert "\x1b[" in _shown(text, verdict_on(text), colours=True)


def test_where_no_rule_spoke_the_words_that_weighed_most_have_their_share(judging: Cascade):
    text = "a linha 402 com os vidros embaçados e a moça do caixa sem troco"
    found = judging.judge(Judged(text))
    weighed = [one for one in reasons(found) if one.share is not None]
    assert weighed
    assert [one.share for one in weighed] == sorted((one.share for one in weighed if one.share), reverse=True)
    shown = _shown(text, found)
    assert "░" in shown
    assert "uma das palavras que mais pesaram" in shown


def test_the_other_matters_of_a_message_are_named(judging: Cascade):
    found = judging.judge(Judged(SEVERAL))
    named = {one.labels[0]: SEVERAL[slice(*one.spans[0])] for one in also(found)}
    other, shown, words = {
        Kind.COMPLAINT: ("kind:request", "solicitação", "solicitar"),
        Kind.REQUEST: ("kind:complaint", "reclamação", "já reclamei"),
    }[found.kind]  # the fast lane is not sure which comes first
    assert not found.sure
    assert named[other] == words
    assert "area:meio-ambiente" in {*named, f"area:{found.area}"}
    assert f"Também: {shown} “{words}”" in _shown(SEVERAL, found)


def test_words_that_speak_for_the_verdicts_kind_are_no_other_matter(verdict_on: Judge):
    text = "Pedi a troca da lâmpada há três meses e ninguém veio"
    assert "request" not in {one.labels[0].partition(":")[2] for one in also(verdict_on(text))}


def test_one_matter_has_no_other(verdict_on: Judge):
    text = "Parabéns à equipe"
    assert also(verdict_on(text)) == []
    assert "Também" not in _shown(text, verdict_on(text))


def test_what_the_subject_said_is_shown_as_such(verdict_on: Judge):
    shown = _shown("Segue.", verdict_on("Segue.", subject="Denúncia de fraude"), subject="Denúncia de fraude")
    assert "Assunto: Denúncia de fraude" in shown
    assert "(no assunto)" in shown
    assert "“”" not in shown


def test_an_example_that_is_alike_and_another_models_opinion_are_told_for_what_they_are(verdict_on: Judge):
    text = "zzz"
    before = verdict_on(text)
    label = f"kind:{before.kind}"
    given = (
        Evidence(start=0, end=0, label=label, source="slow model: alike (0.83): A luz não veio"),
        Evidence(start=0, end=3, label=label, source="opinion: another model reads it so"),
        Evidence(start=0, end=3, label=label, source="something: of a later version"),
    )
    shown = _shown(text, before.model_copy(update={"evidence": given}))
    assert "████████░░  83%  parecida com o exemplo: A luz não veio" in shown
    assert "“zzz”  assim lê outro modelo, que foi consultado" in shown
    assert "of a later version  [something]" in shown


@pytest.mark.parametrize("steering", ["\x1b[31m", "\x9b2J", "\u202e", "\u2066", "\r", "\x07"])
def test_no_words_steer_the_terminal(verdict_on: Judge, steering: str):
    text = f"Vou ao{steering} Procon"
    shown = _shown(text, verdict_on(text, subject=text), subject=text)
    assert steering not in shown.replace("\r\n", "\n")


def test_lines_of_the_text_stay_lines_and_words_in_brackets_are_no_markup(verdict_on: Judge):
    text = "Bom dia\n[bold]Vou ao Procon[/bold]"
    assert "   Bom dia\n   [bold]Vou ao Procon[/bold]\n" in _shown(text, verdict_on(text))
