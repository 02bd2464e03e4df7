"""The stage of the doubtful: what it hands on, whatever its models do."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from aiohttp import web
from aiokafka import ConsumerRecord
from structlog.testing import capture_logs

from classifiers.cascade import Cascade, Rules
from classifiers.doubt import Doubt, doubt_of, has_somebody
from classifiers.in_force import InForce, lanes_of
from classifiers.judge import Judged
from classifiers.lanes import Lanes, Slow
from classifiers.opinion.choices import Choices
from classifiers.rulebook import RuleBook
from classifiers.stage import classifier
from ouvidor import metrics
from ouvidor.errors import Misconfigured, Rejected
from ouvidor.events import CLASSIFIED, INBOUND, Incoming, Output, decode, encode, header
from ouvidor.records import Classified, ClassifierVersion, Flag, Kind, Severity, Verdict
from ouvidor.settings import Opinion, Settings
from ouvidor.topics import Topics
from routers.sample import FULL
from tests.classifiers.opinion.house import HOUSE, verdict
from tests.classifiers.opinion.model_server import GOOD, ModelServer

RECEIVED = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
LATER = datetime(2026, 11, 23, 12, 7, tzinfo=UTC)
SPOILT = "quebra"


class _Praises:
    """A slow model that takes all for praise, is sure of it, and breaks on one word."""

    version = ClassifierVersion(name="praises", version="1", hash="0" * 64)

    def __init__(self, book: RuleBook, *, sure: bool = True) -> None:
        self._rules, self._sure = Rules(book), sure
        self.batches: list[int] = []

    def judge(self, said: Sequence[Judged], version: ClassifierVersion | None = None) -> list[Verdict]:
        self.batches.append(len(said))
        if any(one.text == SPOILT for one in said):
            raise ZeroDivisionError
        told = {"kind": Kind.COMPLIMENT, "sure": self._sure, "classifier": version or self.version}
        return [self._rules.judge(one).model_copy(update=told) for one in said]


def _record(output: Output, offset: int, at: datetime) -> Incoming:
    return ConsumerRecord(
        output.topic, 0, offset, int(at.timestamp() * 1000), 0, output.key, output.value, None, -1, -1, output.headers
    )


def _inbound(text: str, number: int) -> Incoming:
    message = FULL[0].model_copy(
        update={"id": UUID(int=number), "protocol": f"P-{number}", "text": text, "subject": None, "automatic": None}
    )
    event = encode(
        message, topic="ouvidor.inbound.email", key="c0ffee", id=message.id, type=INBOUND, source="/t", time=RECEIVED,
        subject=message.protocol,
    )  # fmt: skip
    return _record(event, number, RECEIVED)


@pytest.fixture
def fast(book: RuleBook) -> Cascade:
    return Cascade(Rules(book))


def _doubted(fast: Cascade, *texts: str) -> list[Incoming]:
    """Give the records of `doubtful` that the classifier writes."""
    found = []
    for number, text in enumerate(texts):
        (output,) = classifier(fast, Topics(), second_look=True)(_inbound(text, number))
        assert output.topic == "ouvidor.doubtful"
        found.append(_record(output, 100 + number, LATER))
    return found


def _doubt(fast: Cascade, slow: Slow | None, opinion: Opinion | None = None, within: float = 60) -> Doubt:
    return Doubt(Topics(), lambda: InForce(None, None, lambda _: Lanes(fast, slow)), opinion, within)


async def _verdicts(doubt: Doubt, records: Sequence[Incoming]) -> list[Verdict]:
    outputs = [output for record in await doubt.prepare(records) for output in doubt.settle(record)]
    return [decode(_record(output, 0, LATER), Classified, type=CLASSIFIED).verdict for output in outputs]


async def test_the_slow_verdict_goes_on_as_the_same_event_as_the_fast_one_would_have(book: RuleBook, fast: Cascade):
    doubt = _doubt(fast, _Praises(book))
    (ready,) = await doubt.prepare(_doubted(fast, "hm, sei"))
    (slow,) = doubt.settle(ready)
    (quick,) = classifier(fast, Topics())(_inbound("hm, sei", 0))
    assert (slow.topic, slow.key) == (quick.topic, quick.key)
    for name in ("ce_id", "ce_time", "ce_type", "ce_subject", "traceparent"):
        assert header(_record(slow, 0, LATER), name) == header(_record(quick, 0, LATER), name)
    both = decode(_record(slow, 0, LATER), Classified, type=CLASSIFIED)
    assert (both.verdict.kind, both.verdict.sure) == (Kind.COMPLIMENT, True)
    assert both.verdict.classifier.name == "rules+praises"
    assert both.message == decode(_record(quick, 0, LATER), Classified, type=CLASSIFIED).message


def _waits() -> float:
    return sum(bucket.get() for bucket in metrics.DOUBTFUL_SECONDS._buckets)


async def test_how_many_wait_and_how_long_is_counted(book: RuleBook, fast: Cascade):
    sent, settled = metrics.DOUBTED._value.get(), metrics.DOUBTFUL.labels("settled")._value.get()
    waits = _waits()
    await _doubt(fast, _Praises(book)).prepare(_doubted(fast, "hm, sei", "hm, pois"))
    assert metrics.DOUBTED._value.get() == sent + 2
    assert metrics.DOUBTFUL.labels("settled")._value.get() == settled + 2
    assert _waits() == waits + 2


async def test_one_that_breaks_the_slow_model_keeps_its_fast_verdict_and_spoils_no_other(book: RuleBook, fast: Cascade):
    records = _doubted(fast, "hm, sei", SPOILT, "hm, pois")
    (before,) = await _verdicts(_doubt(fast, None), records[1:2])
    failed = metrics.DOUBTFUL.labels("failed")._value.get()
    with capture_logs() as logs:
        found = await _verdicts(_doubt(fast, _Praises(book)), records)
    assert [one["count"] for one in logs] == [3, 1], "that they could not be judged together is told, too"
    assert [verdict.kind is Kind.COMPLIMENT for verdict in found] == [True, False, True]
    assert found[1] == before
    assert metrics.DOUBTFUL.labels("failed")._value.get() == failed + 1


async def test_without_a_slow_model_nobody_is_left_waiting(fast: Cascade):
    records = _doubted(fast, "hm, sei", "hm, pois")
    assert [verdict.sure for verdict in await _verdicts(_doubt(fast, None), records)] == [False, False]


async def test_only_as_many_are_judged_as_there_is_time_for(book: RuleBook, fast: Cascade):
    records = _doubted(fast, *(f"hm, sei {number}" for number in range(40)))
    slow = _Praises(book)
    first = await _doubt(fast, slow, within=0).prepare(records)
    assert [record.offset for record in first] == [record.offset for record in records[: len(first)]]
    assert 0 < len(first) < 40
    assert len(await _doubt(fast, slow).prepare(records)) == 40
    assert max(slow.batches) > 1, "many together"


async def test_poison_is_left_to_the_function_which_rejects_it(book: RuleBook, fast: Cascade):
    records = _doubted(fast, "hm, sei", "hm, pois")
    poison = replace(records[0], value=b"segredo")
    doubt = _doubt(fast, _Praises(book))
    bad, good = await doubt.prepare([poison, records[1]])
    with pytest.raises(Rejected) as raised:
        doubt.settle(bad)
    assert "segredo" not in str(raised.value)
    assert len(doubt.settle(good)) == 1


async def test_the_third_opinion_is_asked_about_what_is_open_still(book: RuleBook, fast: Cascade):
    records = _doubted(fast, "hm, sei", "hm, pois")
    async with ModelServer() as server:
        server.says({**GOOD, "flags": ["press"]})
        opinion = Opinion(url=server.url, model="small")
        settled, unsettled = (_doubt(fast, _Praises(book, sure=sure), opinion) for sure in (True, False))
        try:
            assert [verdict.flags for verdict in await _verdicts(settled, records)] == [(), ()]
            assert server.asked == []
            assert [verdict.flags for verdict in await _verdicts(unsettled, records)] == [(Flag.PRESS,)] * 2
            assert len(server.asked) == 2
        finally:
            await settled.close()
            await unsettled.close()


async def test_opinions_that_do_not_come_hold_nobody_up(fast: Cascade, monkeypatch: pytest.MonkeyPatch):
    async def hang(_: web.Request) -> web.StreamResponse:
        await asyncio.Event().wait()
        raise AssertionError

    monkeypatch.setattr("classifiers.opinion.together._LONGEST", timedelta(milliseconds=100))
    records = _doubted(fast, *(f"hm, sei {number}" for number in range(10)))
    late = metrics.OPINIONS.labels("late")._value.get()
    async with ModelServer() as server:
        server.answers = hang
        doubt = _doubt(fast, None, Opinion(url=server.url, model="small", timeout=timedelta(minutes=2)))
        try:
            async with asyncio.timeout(60):
                found = await _verdicts(doubt, records)
        finally:
            await doubt.close()
    assert [verdict.sure for verdict in found] == [False] * 10
    assert metrics.OPINIONS.labels("late")._value.get() == late + 10


async def test_a_sure_message_waits_for_its_department_alone_where_the_house_wants_that(book: RuleBook, fast: Cascade):
    sure, other = "Solicito a segunda via da conta de água, por favor.", "hm, sei"
    asks = Choices(HOUSE, also_sure=True).asks
    without, with_it = (
        classifier(fast, Topics(), second_look=True, also=each)(_inbound(sure, 1))[0] for each in (None, asks)
    )
    assert (without.topic, with_it.topic) == ("ouvidor.classified", "ouvidor.doubtful")
    before = decode(_record(without, 0, LATER), Classified, type=CLASSIFIED).verdict
    records = [_record(with_it, 101, LATER), *_doubted(fast, other)]
    slow = _Praises(book)
    async with ModelServer() as server:
        server.says({**GOOD, "kind": "other", "department": "d1"})
        opinion = Opinion(url=server.url, model="small", department="undecided")
        doubt = _doubt(fast, slow, opinion)
        doubt.departments = HOUSE
        try:
            found, praised = await _verdicts(doubt, records)
        finally:
            await doubt.close()
    assert before.sure
    assert slow.batches == [1], "the slow lane leaves what is sure as it is"
    assert (found.kind, found.sure, found.area) == (before.kind, True, "iluminacao-publica")
    assert found.area_by_opinion
    assert praised.area_by_opinion, "sure by the slow lane, and undecided"
    assert len(server.asked) == 2


@pytest.mark.parametrize(
    ("severity", "topic"), [(Severity.CRITICAL, "ouvidor.classified"), (Severity.HIGH, "ouvidor.doubtful")]
)
def test_who_tells_of_danger_does_not_wait_for_a_department(severity: Severity, topic: str):
    class _Sure:
        def judge(self, said: Judged) -> Verdict:
            return verdict(severity=severity, sure=said.text != "")

    asks = Choices(HOUSE, also_sure=True).asks
    (output,) = classifier(_Sure(), Topics(), second_look=True, also=asks)(_inbound("Caiu um fio", 1))
    assert output.topic == topic


async def test_the_stage_reads_the_departments_only_where_somebody_is_asked(monkeypatch: pytest.MonkeyPatch):
    opinion = Opinion(url="http://127.0.0.1:1/v1", model="small")
    assert [one.name for one in doubt_of(Settings(judgement={"opinion": opinion})).departments][:1] == ["atendimento"]  # type: ignore[arg-type]
    monkeypatch.setattr("classifiers.doubt.department_words", None)
    assert doubt_of(Settings()).departments == ()


def test_who_waits_is_a_setting():
    opinion = Opinion(url="http://127.0.0.1:1/v1", model="small")
    assert has_somebody(Settings(judgement={"lane": "both"}))  # type: ignore[arg-type]
    assert not has_somebody(Settings(judgement={"lane": "fast"}))  # type: ignore[arg-type]
    assert has_somebody(Settings(judgement={"lane": "fast", "opinion": opinion}))  # type: ignore[arg-type]


async def test_a_missing_slow_lane_is_a_wrong_setting_only_where_it_was_asked_for(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("classifiers.seats._NEEDED", ("no_such_library",))
    assert lanes_of(Settings()).now.slow is None
    asked = Settings(judgement={"lane": "both"})  # type: ignore[arg-type]
    with pytest.raises(Misconfigured, match=r"judgement.lane: both: .*pip install 'ouvidor\[slow\]'"):
        await doubt_of(asked).open()
