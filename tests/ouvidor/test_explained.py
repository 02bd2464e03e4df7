"""A contact's way as it is shown: whatever words its events hold, they steer no terminal and turn no line around."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from rich.text import Text

from ouvidor.explained import row, told
from ouvidor.standing import Standing
from ouvidor.steps import Step
from tests.history import BEGAN, DEADLINE, NUMBER

ZONE = ZoneInfo("America/Sao_Paulo")
WILD = "a\x1b[2Jb\x9bc\u202ed\u2028e\u2066f"
TAME = "a�[2Jb�c�d�e�f"
FAMILY = "\U0001f469\u200d\U0001f467"


def test_what_steers_is_replaced_and_pictures_stay():
    steps = [Step(BEGAN, "answered", "RESPONDIDA", (Text(WILD), Text(FAMILY)))]
    where = Standing("department", "saude", DEADLINE, f"com {WILD}")
    lines = [line.plain for _, line in told(NUMBER, steps, where, BEGAN, ZONE, "ouvidor.")]
    assert lines[2:5] == ["24/11 09:00:00  RESPONDIDA", TAME, FAMILY]
    assert lines[-1] == f"Agora: com {TAME}; resposta até 27/11/2026 às 09:00, faltam 3 dias."
    found = row(NUMBER, steps, where, BEGAN, ZONE)
    assert found["steps"][0]["told"] == [TAME, FAMILY]
    assert TAME in found["told"]


def test_a_day_is_named_once():
    at = (BEGAN, BEGAN + timedelta(minutes=1), BEGAN + timedelta(days=1))
    lines = told(NUMBER, [Step(each, "event", "EVENTO") for each in at], None, BEGAN, ZONE, "")
    titles = [line.plain for _, line in lines if "EVENTO" in line.plain]
    assert titles == ["24/11 09:00:00  EVENTO", "      09:01:00  EVENTO", "25/11 09:00:00  EVENTO"]
