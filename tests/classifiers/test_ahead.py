"""Judging ahead: together gives what alone gives, and what cannot be judged or read spoils nothing."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from structlog.testing import capture_logs

from classifiers.ahead import Ahead
from classifiers.in_force import Seat
from classifiers.judge import Judged
from classifiers.rulebook import RuleBook
from classifiers.stage import classifier
from ouvidor.errors import Rejected
from ouvidor.events import INBOUND, Incoming, Output, encode
from ouvidor.records import Automatic, Verdict
from ouvidor.topics import Topics
from routers.sample import FULL
from tests.classifiers.records import received

_TEXTS = ("Solicito a poda da árvore da rua Bahia, 12", "hm, sei", "", "Já liguei três vezes e nada, vou ao Procon")


def _record(text: str, offset: int = 0, automatic: Automatic | None = None) -> Incoming:
    message = FULL[0].model_copy(update={"text": text, "subject": None, "automatic": automatic})
    event = encode(
        message, topic="ouvidor.inbound.email", key="c0ffee", id=message.id, type=INBOUND, source="/t",
        time=message.received_at, subject=message.protocol,
    )  # fmt: skip
    return replace(received(event), offset=offset)


def _records(*texts: str) -> list[Incoming]:
    return [_record(text, place) for place, text in enumerate(texts)]


class _Fragile(Seat):
    """Cannot judge one text, neither together nor alone; notes how many were judged at once."""

    def __init__(self, book: RuleBook) -> None:
        super().__init__(None, book=book)
        self.together: list[int] = []

    def judge_all(self, said: Sequence[Judged]) -> list[Verdict]:
        self.together.append(len(said))
        for one in said:
            self._break(one)
        return super().judge_all(said)

    def judge(self, said: Judged) -> Verdict:
        self._break(said)
        return super().judge(said)

    def _break(self, said: Judged) -> None:
        if said.text == "broken":
            raise ZeroDivisionError


@pytest.fixture
def seat(book: RuleBook) -> _Fragile:
    return _Fragile(book)


def _given(ahead: Ahead, records: Sequence[Incoming]) -> list[Output]:
    classify = classifier(ahead, Topics())
    return [output for record in records for output in classify(record)]


async def test_a_batch_is_judged_together_as_if_each_message_came_alone(seat: _Fragile):
    records = _records(*_TEXTS)
    alone = _given(Ahead(seat), records)
    assert seat.together == []
    ahead = Ahead(seat)
    assert await ahead.prepare(records) == records
    assert _given(ahead, records) == alone
    assert seat.together == [len(_TEXTS)]


async def test_the_share_of_known_words_is_the_message_s_own(seat: _Fragile):
    records = _records("Solicito a poda da árvore da rua Bahia", "Zzyx wqqk solicito")
    shares = []
    for prepared in (False, True):
        ahead = Ahead(seat)
        if prepared:
            await ahead.prepare(records)
        for record in records:
            ahead.take(record)
            shares.append(ahead.known_words)
    assert shares[:2] == shares[2:]
    assert shares[0] > shares[1]


async def test_one_that_cannot_be_judged_or_read_spoils_no_other(seat: _Fragile):
    records = [*_records(_TEXTS[0], "broken", _TEXTS[3]), replace(_record("x", 3), value=b"{")]
    ahead = Ahead(seat)
    with capture_logs() as logs:
        await ahead.prepare(records)
    assert [(one["count"], one["error"]) for one in logs] == [(3, "ZeroDivisionError")]
    assert _given(ahead, [records[0], records[2]]) == _given(Ahead(seat), [records[0], records[2]])
    with pytest.raises(ZeroDivisionError):
        ahead.take(records[1])
    with pytest.raises(Rejected):
        ahead.take(records[3])


async def test_what_a_machine_wrote_is_not_asked_about(seat: _Fragile):
    bounce = _record("Estou de férias", automatic=Automatic(kind="auto-reply"))
    ahead = Ahead(seat)
    await ahead.prepare([bounce])
    assert seat.together == []
    _, verdict = ahead.take(bounce)
    assert verdict.sure


async def test_nothing_is_kept_of_a_batch_when_the_next_one_comes(seat: _Fragile):
    first, second = _records(*_TEXTS[:2])
    ahead = Ahead(seat)
    await ahead.prepare([first])
    await ahead.prepare([second])
    seat.together.clear()
    assert [ahead.take(one)[0].text for one in (first, second)] == list(_TEXTS[:2])
    assert list(ahead._kept.values()) == [{}]
