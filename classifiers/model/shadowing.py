"""`ouvidor model shadow`: what the model in the shadow judges otherwise."""

from contextlib import aclosing
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from ouvidor.cli.context import complete, say, settings_at_broker

if TYPE_CHECKING:
    from classifiers.model.shadowed import Summary
    from ouvidor.settings import Settings

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
    were judged is counted from its first difference on.
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
    from classifiers.looking import looking  # noqa: PLC0415
    from classifiers.model.shadowed import sum_up  # noqa: PLC0415 - as above
    from ouvidor.events import CLASSIFIED, DIFFERED, decode, header  # noqa: PLC0415
    from ouvidor.records import ShadowDifference  # noqa: PLC0415
    from ouvidor.tail import Span, tail  # noqa: PLC0415
    from ouvidor.topics import Topics  # noqa: PLC0415

    topics = Topics(settings.kafka.prefix)
    whole = Span(last=None, follow=False)
    found: list[tuple[int, ShadowDifference]] = []
    judged = set()
    with looking("records looked at") as looked:
        async with aclosing(tail(settings, topics.shadow, whole)) as records:
            async for record in records:
                looked()
                found.append((record.timestamp, decode(record, ShadowDifference, type=DIFFERED)))
        found.sort(key=lambda one: one[0])
        if found:
            newest = found[-1][1].shadow.classifier.hash
            first = min(moment for moment, one in found if one.shadow.classifier.hash == newest)
            since = Span(last=None, follow=False, since=datetime.fromtimestamp(first / 1000, UTC))
            async with aclosing(tail(settings, topics.classified, since)) as records:
                async for record in records:
                    looked()
                    if header(record, "ce_type") == CLASSIFIED:
                        judged.add(header(record, "ce_id"))
    return sum_up([one for _, one in found], len(judged))
