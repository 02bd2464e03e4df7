"""`ouvidor corrections` on the real broker: what was corrected comes out with its text, the newest word last."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from uuid import UUID

import pytest
from aiokafka import AIOKafkaProducer

from classifiers.cascade import Rules
from classifiers.corrections.river import send
from classifiers.judge import Judged
from classifiers.rulebook import RuleBook
from ouvidor.corrections import correction_event
from ouvidor.departments import department_names
from ouvidor.events import CLASSIFIED, CORRECTED, DISPATCHED, Output, encode
from ouvidor.local.kafka import LocalKafka
from ouvidor.protocol import protocol_number
from ouvidor.records import Classified, Correction, Dispatch, Dispatched, Message
from ouvidor.settings import Settings
from ouvidor.topic_admin import create
from ouvidor.topics import Topics, plan
from routers.sample import FULL
from tests.classifiers.commanded import commanded

TODAY = datetime.now(UTC)


def _message(number: int, text: str) -> Message:
    known = UUID(int=number)
    return FULL[0].model_copy(update={"id": known, "protocol": protocol_number(known, TODAY.date()), "text": text})


def _event(message: Message, data: Classified | Dispatched, topic: str, type: str) -> Output:  # noqa: A002 - as encode's
    return encode(
        data, topic=topic, key="k", id=message.id, type=type, source="/t", time=TODAY, subject=message.protocol
    )


@pytest.fixture
async def settings(kafka: LocalKafka, fresh_name: Callable[[str], str], tmp_path: Path) -> Settings:
    prefix = f"{sha256(fresh_name('river').encode()).hexdigest()[:12]}."
    found = Settings(kafka={"bootstrap": kafka.bootstrap, "prefix": prefix}, data=tmp_path / "var")  # type: ignore[arg-type]
    await create(found, plan(found.kafka, department_names(found)))
    return found


async def test_corrections_are_written_by_number_and_exported_with_their_texts(
    settings: Settings, book: RuleBook, tmp_path: Path
):
    topics = Topics(settings.kafka.prefix)
    judged, old = _message(1, "Solicito a poda da árvore"), _message(2, "Falta luz desde ontem")
    verdict = Rules(book).judge(Judged(judged.text))
    dispatch = Dispatch(owner="x", ombudsman=True, deadline=TODAY, profile="p", rule="r", extract=False)
    whole = Dispatched(message=old, verdict=verdict, dispatch=dispatch)
    outputs = [
        _event(judged, Classified(message=judged, verdict=verdict), topics.classified, CLASSIFIED),
        _event(old, whole, topics.ombudsman, DISPATCHED),
        encode(
            dispatch, topic=topics.corrections, key="k", id="x", type=CORRECTED, source="/t", time=TODAY, subject=None
        ),
    ]
    async with AIOKafkaProducer(bootstrap_servers=settings.kafka.servers) as producer:
        for output in outputs:
            await producer.send_and_wait(output.topic, output.value, key=output.key, headers=list(output.headers))
    for about in (old.protocol, _message(3, "").protocol):
        said = Correction(protocol=about, kind="complaint", by="department.luz", why="gone from classified", at=TODAY)
        await send(settings, correction_event(said, topics, "/t"))

    add = ["corrections", "add", judged.protocol.lower(), "--why", "read"]
    first = await commanded(settings, *add, "--kind", "complaint", "--flag", "safety")
    assert (first.code, first.out) == (0, "kind: request -> complaint\nflags: (none) -> safety\n")
    assert (await commanded(settings, *add, "--kind", "suggestion", "--json")).code == 0
    nobody = await commanded(settings, "corrections", "add", _message(9, "").protocol, "--why", "x", "--kind", "other")
    assert (nobody.code, "no such message" in nobody.words) == (1, True)

    out = tmp_path / "corrections.ndjson"
    exported = await commanded(settings, "corrections", "export", "--out", str(out))
    lines = {line["protocol"]: line for line in map(json.loads, out.read_text(encoding="utf-8").splitlines())}
    assert lines.keys() == {judged.protocol, old.protocol}
    assert (lines[judged.protocol]["text"], lines[judged.protocol]["kind"]) == (judged.text, "suggestion")
    assert lines[judged.protocol]["flags"] == ["safety"]
    assert lines[old.protocol]["by"] == "department.luz"
    assert "left out: data does not fit" in exported.words
    assert "1 corrected messages are on no topic any more" in exported.words
