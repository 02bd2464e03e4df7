"""An event's one line: what a person sees pass by."""

from zoneinfo import ZoneInfo

import pytest
from rich.console import Console

from ouvidor.glance import clean, glance
from ouvidor.records import Dispatch, Dispatched
from routers.sample import EMPTY, FULL

ZONE = ZoneInfo("America/Sao_Paulo")
CE = {
    "id": "1",
    "type": "ouvidor.message.dispatched.v1",
    "time": "2026-11-24T12:30:05.25Z",
    "subject": "20261124-AAAA-BBBB-CCD",
}


def dispatched(text: str, *, informed: tuple[str, ...] = ()) -> dict[str, object]:
    message = FULL[0].model_copy(update={"text": text, "protocol": CE["subject"]})
    verdict = EMPTY[1].model_copy(update={"severity": "high", "kind": "complaint", "flags": ("press", "health")})
    dispatch = Dispatch(
        owner="saude",
        informed=informed,
        ombudsman=True,
        deadline="2026-11-25T12:30:00Z",  # type: ignore[arg-type]  # as JSON has it
        profile="seed",
        rule="x@1",
        extract=False,
    )
    data = Dispatched.model_construct(message=message, verdict=verdict, dispatch=dispatch)
    return {"ce": CE, **data.model_dump(mode="json", exclude_none=True, warnings=False)}


def test_it_tells_time_protocol_verdict_owner_deadline_and_first_words():
    assert glance(dispatched("Fiquei sem remédio."), ZONE).plain() == (
        "24/11 09:30:05  20261124-AAAA-BBBB-CCD  complaint/high?  press,health  → saude ≤ 25/11 09:30"
        "  “Fiquei sem remédio.”"
    )


def test_of_a_case_s_history_it_tells_what_was_done_by_whom_and_until_when():
    told = {
        "ce": CE | {"type": "ouvidor.case.handed-back.v1"},
        "deadline": "2026-11-25T12:30:00Z",
        "reply": {"department": "obras", "reason": "é da\ncoleta", "id": "7"},
    }
    assert glance(told, ZONE).plain() == (
        "24/11 09:30:05  20261124-AAAA-BBBB-CCD  handed-back by obras ≤ 25/11 09:30  “é da coleta”"
    )


def test_a_deadline_at_midnight_is_the_end_of_the_day_before():
    told = dispatched("…")
    told["dispatch"]["deadline"] = "2026-11-25T03:00:00Z"
    assert "→ saude ≤ 24/11 24:00" in glance(told, ZONE).plain()


def test_a_deadline_that_is_none_is_not_told():
    told = dispatched("…")
    told["dispatch"]["deadline"] = "soon"
    assert "→ saude ≤ -  " in glance(told, ZONE).plain()


def test_it_tells_who_is_informed():
    assert "→ saude (+juridico,vias) ≤" in glance(dispatched("…", informed=("juridico", "vias")), ZONE).plain()


def test_many_words_are_cut_and_many_lines_are_one():
    line = glance(dispatched("Olá,\r\n\r\n" + "palavra " * 20), ZONE).plain()
    assert line.endswith("“Olá, palavra palavra palavra palavra palavra palavra palavra…”")


@pytest.mark.parametrize(
    "attack",
    [
        "\x1b[2Jlimpo",
        "\x9b31mlimpo",
        "\u202elimpo",
        "\rlimpo",
        "lim\x00po",
        "\x1b]0;título\x07limpo",
        "\u2066limpo\u200b",
    ],
)
def test_a_customer_s_words_move_no_cursor(attack: str):
    line = glance(dispatched(attack), ZONE).plain()
    assert line.isprintable()
    assert "limpo" in line


def test_a_customer_s_words_are_no_markup():
    console = Console(width=200, force_terminal=True, color_system=None)
    with console.capture() as capture:
        console.print(glance(dispatched("[bold]x[/bold] [link=http://a]"), ZONE).rich())
    assert "[bold]x[/bold] [link=http://a]" in capture.get()


def test_a_message_that_nobody_judged_yet_shows_its_channel():
    said = FULL[0].model_dump(mode="json", exclude_none=True)
    line = glance({"ce": CE, **said}, ZONE).plain()
    assert "email/imap" in line
    assert "O poste da minha rua" in line


def test_a_dead_letter_shows_its_reason():
    told = {
        "ce": {**CE, "type": "ouvidor.record.dead-lettered.v1"},
        "stage": "classify",
        "error": "Rejected",
        "reason": "no value",
    }
    assert glance(told, ZONE).plain().endswith("classify: Rejected: no value")


@pytest.mark.parametrize(
    "told", [{}, {"ce": {}}, {"ce": CE, "data_base64": "AA=="}, {"message": 3, "verdict": [], "dispatch": "x"}]
)
def test_whatever_comes_there_is_a_line(told: dict[str, object]):
    assert glance(told, ZONE).plain()


def test_emoji_stay():
    assert clean("tudo bem 👍🏽 ?") == "tudo bem 👍🏽 ?"
