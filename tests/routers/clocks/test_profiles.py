"""The profiles that come with Ouvidor, over Christmas 2026; and what a table's own may be."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from ouvidor.business_time import BusinessCalendar
from ouvidor.errors import Misconfigured
from ouvidor.records import Severity
from ouvidor.settings import Organisation
from routers.clocks.builtin import NAMES, builtin
from routers.clocks.profile import RECEIPT
from routers.clocks.terms import terms
from routers.portuguese import until
from routers.route import route
from tests.routers.conftest import PLAIN, Tables
from tests.routers.samples import message, verdict

SAO_PAULO = ZoneInfo("America/Sao_Paulo")
LONDON = Organisation(zone="Europe/London", country="GB", subdivision="ENG")
CHRISTMAS = datetime(2026, 12, 23, 17, 40, tzinfo=SAO_PAULO)


def dates(name: str, organisation: Organisation, received: datetime) -> dict[str, list[str]]:
    calendar = BusinessCalendar.from_settings(organisation)
    found = terms(builtin(name), Severity.LOW, received, calendar)
    return {
        date.step: [until(at, calendar.zone)[:10] for at in (date.warn_at, date.until, date.extended_until) if at]
        for date in found
    }


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("seed", {"answer": ["29/12/2026", "29/12/2026"]}),
        ("sac", {"answer": ["29/12/2026", "30/12/2026"]}),
        ("bacen", {"answer": ["06/01/2027", "08/01/2027", "22/01/2027"]}),
        (
            "ouvidoria-publica",
            {"answer": ["17/01/2027", "22/01/2027", "22/02/2027"], "department": ["12/01/2027", "01/02/2027"]},
        ),
        ("lai", {"answer": ["09/01/2027", "12/01/2027", "22/01/2027"]}),
        ("consumidor-gov", {"answer": ["31/12/2026", "02/01/2027"]}),
    ],
)
def test_a_message_of_the_day_before_christmas_eve(name: str, expected: dict[str, list[str]]):
    assert dates(name, Organisation(), CHRISTMAS) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("fca-disp", {"summary": ["30/12/2026"], "answer": ["10/02/2027", "17/02/2027"]}),
        ("fca-disp-payments", {"summary": ["30/12/2026"], "answer": ["13/01/2027", "18/01/2027", "15/02/2027"]}),
    ],
)
def test_the_same_in_london_where_boxing_day_is_made_up_for_on_monday(name: str, expected: dict[str, list[str]]):
    assert dates(name, LONDON, datetime(2026, 12, 23, 17, 40, tzinfo=ZoneInfo("Europe/London"))) == expected


@pytest.mark.parametrize("name", NAMES)
def test_each_names_its_law_and_says_what_could_not_be_confirmed(name: str):
    profile = builtin(name)
    assert profile.title
    assert any(source.confirmed for source in profile.source)
    assert profile.steps[profile.answer].starts == RECEIPT


def test_a_table_names_one_that_comes_with_ouvidor_and_a_rule_may_choose_another(
    table_of: Tables, calendar: BusinessCalendar
):
    text = PLAIN.replace("profile: seed", "profile: ouvidoria-publica")
    rules = "rules: [{name: access, when: \"message.text.contains('poste')\", then: {profile: lai}}]\n"
    usual = route(message(text="buraco", received_at=CHRISTMAS), verdict(), table_of(instead=text), calendar)
    chosen = route(message(received_at=CHRISTMAS), verdict(), table_of(instead=text + rules), calendar)
    assert [(date.step, date.binds) for date in usual.terms] == [("answer", "house"), ("department", "department")]
    assert usual.deadline == usual.terms[0].until
    assert (chosen.profile, [date.step for date in chosen.terms]) == ("lai", ["answer"])
    assert until(chosen.deadline, SAO_PAULO) == "12/01/2027 às 24:00"


def test_the_house_s_own_takes_the_place_of_one_with_its_name(table_of: Tables, calendar: BusinessCalendar):
    own = """  bacen:
    title: Nosso banco
    answer: reply
    steps:
      acknowledge: {title: Confirmação, within: 2 h, received_until: 18:00}
      reply: {title: Resposta, within: {critical: 1 business day, high: 1 business day, medium: 3 business days,
        low: 5 business days}, extension: 2 business days}
      survey: {title: Pesquisa, within: 1 week, binds: customer, starts: reply}
"""
    table = table_of(instead=PLAIN.replace("profile: seed", "profile: bacen") + own)
    found = route(message(received_at=CHRISTMAS), verdict(severity=Severity.HIGH), table, calendar)
    assert [(date.step, until(date.until, SAO_PAULO)) for date in found.terms] == [
        ("acknowledge", "23/12/2026 às 19:40"),
        ("reply", "24/12/2026 às 24:00"),
    ]
    assert until(found.terms[1].extended_until or CHRISTMAS, SAO_PAULO) == "29/12/2026 às 24:00"
    assert found.deadline == found.terms[1].until


def test_the_short_form_may_be_in_days(table_of: Tables, calendar: BusinessCalendar):
    table = table_of(instead=PLAIN.replace("medium: 48 h", "medium: 2 business days"))
    found = route(message(received_at=CHRISTMAS), verdict(), table, calendar)
    assert until(found.deadline, SAO_PAULO) == "28/12/2026 às 24:00"


STEP = "profiles: {own: {steps: {answer: {title: x, within: 5 business days%s}}}}"


@pytest.mark.parametrize(
    ("profiles", "words"),
    [
        ("profiles: {own: {steps: {reply: {title: x, within: 1 h}}}}", "own: there is no step answer"),
        (STEP % ", starts: appeal", "own: the step answer is the customer's deadline: it starts at receipt"),
        (STEP % ", extension: 1 week", "own.steps.answer: extension is in weeks, and within in business days"),
        (STEP % ", warn_before: 5 business days", "own.steps.answer: warn_before is as long as within or longer"),
        (STEP % ", first_day: same_day, ends_at: closing", "own.steps.answer: same_day and closing"),
        (STEP % ", frist_day: same_day", "own.steps.answer.frist_day: unknown key; did you mean first_day?"),
        (STEP % ", received_until: 25:00", "own.steps.answer.received_until: a time of the day is expected"),
        ("profiles: {own: {steps: {answer: {title: x, within: 5 days}}}}", "within: say which days: 5 business days"),
        ("profiles: {own: {steps: {answer: {title: x, within: 5 h, end: stays}}}}", "first_day, end and ends_at are"),
        ("profiles: {own: {steps: {}}}", "own.steps: Dictionary should have at least 1 item"),
        ("profiles: {own: {critcal: 5 h, high: 1 h, medium: 1 h, low: 1 h}}", "own.critcal: unknown key; did you mean"),
    ],
)
def test_a_profile_that_could_not_be_counted_is_refused_with_its_place(table_of: Tables, profiles: str, words: str):
    text = PLAIN[: PLAIN.index("profile: seed")] + "profile: seed\n" + profiles
    with pytest.raises(Misconfigured, match=r"table\.yaml:9: profiles\."):
        table_of(instead=text)
    with pytest.raises(Misconfigured) as refused:
        table_of(instead=text)
    assert words in str(refused.value)
