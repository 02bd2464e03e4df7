"""`ouvidor model shadow`: what the model in the shadow judges otherwise."""

from collections import Counter
from contextlib import aclosing, suppress
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from ouvidor.cli.context import complete, say, settings_at_broker

if TYPE_CHECKING:
    from uuid import UUID

    from classifiers.differences import LeftOut
    from classifiers.model.shadowed import Summary
    from ouvidor.settings import Settings
    from ouvidor.topics import Topics

__all__ = ["shadow"]


def shadow(
    context: typer.Context, as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False
) -> None:
    r"""Sum up what the model in the shadow judges otherwise: how many, which labels, and ten to look at.

    \b
    Examples:
      ouvidor model shadow
      ouvidor model shadow --json | jq .changes.severity

    The setting judgement.shadow names the model. Of several that stood there the newest is summed up; how many messages
    it judged is counted from when it took its place, to where it stands now.
    """
    from classifiers.model.shadowed import told  # noqa: PLC0415 - `--help` needs none of it

    summary = complete(_summary(settings_at_broker(context)))
    if summary is None:
        say("ouvidor model: no model in the shadow has judged anything otherwise, in the last 30 days")
        return
    if as_json:
        typer.echo(summary.model_dump_json())
        return
    for line in told(summary):
        typer.echo(line)


async def _summary(settings: "Settings") -> "Summary | None":
    from classifiers.differences import why_left_out  # noqa: PLC0415
    from classifiers.looking import looking  # noqa: PLC0415
    from classifiers.model.shadowed import sum_up  # noqa: PLC0415 - as above
    from ouvidor.errors import Rejected  # noqa: PLC0415
    from ouvidor.events import CLASSIFIED, DIFFERED, decode, header  # noqa: PLC0415
    from ouvidor.records import Classified, ShadowDifference  # noqa: PLC0415
    from ouvidor.tail import Span, tail  # noqa: PLC0415
    from ouvidor.topics import Topics  # noqa: PLC0415

    topics = Topics(settings.kafka.prefix)
    found: list[tuple[int, datetime, ShadowDifference]] = []
    seen: dict[UUID, LeftOut | None] = {}
    with looking("records looked at") as looked:
        async with aclosing(tail(settings, topics.shadow, Span(last=None, follow=False))) as records:
            async for record in records:
                looked()
                told = decode(record, ShadowDifference, type=DIFFERED)
                judged = datetime.fromisoformat(header(record, "ce_time") or "")
                found.append((record.timestamp, min(judged, told.since or judged), told))
        found.sort(key=lambda one: one[0])
        if found:
            newest = found[-1][2].shadow.classifier.hash
            first = min(since for _, since, one in found if one.shadow.classifier.hash == newest)
            ends = await _stands(settings, topics)
            async with aclosing(tail(settings, topics.classified, Span(follow=False, since=first))) as records:
                async for record in records:
                    looked()
                    if record.offset >= ends.get(record.partition, record.offset + 1):
                        continue
                    with suppress(Rejected):  # the shadow passed it over, too
                        both = decode(record, Classified, type=CLASSIFIED)
                        seen[both.message.id] = why_left_out(both)
    left_out = Counter(why for why in seen.values() if why is not None)
    return sum_up([one for *_, one in found], len(seen) - left_out.total(), left_out)


async def _stands(settings: "Settings", topics: "Topics") -> dict[int, int]:
    """Tell up to which offset of each partition the shadow has judged; a group that rests for a week is forgotten."""
    from classifiers.shadow import NAME  # noqa: PLC0415
    from ouvidor.topic_admin import administer  # noqa: PLC0415 - as above

    async with administer(settings) as admin:
        found = await admin.list_consumer_group_offsets(f"{topics.prefix}{NAME}")
    return {at.partition: told.offset for at, told in found.items() if at.topic == topics.classified}
