"""`ouvidor topics plan` and `apply`: topics, ACLs and quotas as the routing table needs them."""

import json
from collections import Counter
from typing import TYPE_CHECKING, Annotated

import typer

from ouvidor.cli import MISCONFIGURED
from ouvidor.cli.bar import bar
from ouvidor.cli.context import complete, say, settings_at_broker, settings_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ouvidor.grants.applying import Outcome
    from ouvidor.grants.comparing import Finding, There
    from ouvidor.settings import Settings

__all__ = ["apply", "plan"]

AsJson = Annotated[bool, typer.Option("--json", help="One JSON object a line, of all that there is.")]
All = Annotated[bool, typer.Option("--all", help="Also show what is as planned.")]
_NO_AUTHORIZER = (
    "this broker has no authorizer, so everybody may do everything: topics alone are looked at, and no ACL or quota is"
    " (authorizer.class.name in the broker's settings)"
)


def plan(
    context: typer.Context,
    as_commands: Annotated[
        bool,
        typer.Option("--as-commands", help="Write the whole plan as lines of Kafka's own tools; ask no broker."),
    ] = False,
    everything: All = False,
    as_json: AsJson = False,
) -> None:
    """Show which topics, ACLs and quotas are missing or differ, and what is there that is not ours. Change nothing.

    \b
    Examples:
      ouvidor topics plan                      what `apply` would do
      ouvidor topics plan --all                also what is as planned
      ouvidor topics plan --as-commands > for-the-kafka-team.sh

    A department may read its own feed and its refusals, in groups of its own name, write replies, and nothing else;
    each room of ours may do what its services need. Names of principals and quotas: `grants` in the settings. To see
    ACLs, the user needs Describe on the cluster, for quotas DescribeConfigs.

    Exits with 0 where all is as planned, with 1 where something is missing or differs.
    """
    from ouvidor.grants.applying import wanted
    from ouvidor.grants.comparing import State
    from ouvidor.grants.shell import commands
    from ouvidor.grants.telling import line, row

    if as_commands:
        for each in commands(wanted(settings_of(context))):
            typer.echo(each)
        return
    findings, there = _look(settings_at_broker(context))
    for finding in findings:
        if as_json or everything or finding.state is not State.PLANNED:
            typer.echo(json.dumps(row(finding)) if as_json else line(finding))
    _sum_up(findings, there)
    raise typer.Exit(0 if _is_settled(findings) else 1)


def apply(
    context: typer.Context,
    strict: Annotated[
        bool, typer.Option("--strict", help="Exit with 1 where a topic differs, or the broker has no authorizer.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Make the topics, ACLs and quotas that are missing, and set quotas that differ. Delete nothing.

    \b
    Examples:
      ouvidor topics plan && echo nothing to do
      ouvidor -c admin.yaml topics apply       as a user who may administer the broker
      ouvidor topics apply --strict            for a deployment that must be as planned

    As often as you like: what is there stays. A topic that differs is told and left alone, as by `create`. The user
    needs Alter and AlterConfigs on the cluster, and Create for topics. What is not ours is named: a person removes it.

    Exits with 78 where something was refused; all else is made all the same.
    """
    from ouvidor.grants.applying import apply as make_all
    from ouvidor.grants.comparing import State
    from ouvidor.grants.telling import line, outcome_line, outcome_row, row
    from ouvidor.topics import TopicPlan

    settings = settings_at_broker(context)
    findings, there = _look(settings)
    to_make = [each for each in findings if _to_make(each)]
    with bar("making") as progress:
        done = 0

        def told(outcome: "Outcome") -> None:
            nonlocal done
            done += 1
            progress(done, len(to_make))
            typer.echo(json.dumps(outcome_row(outcome)) if as_json else outcome_line(outcome))

        outcomes = complete(make_all(settings, to_make, told)) if to_make else []
    for finding in findings:
        if finding.state is State.STRANGE or (
            isinstance(finding.subject, TopicPlan) and finding.state is State.DIFFERS
        ):
            typer.echo(json.dumps(row(finding)) if as_json else line(finding))
    refused = sum(outcome.error is not None for outcome in outcomes)
    say(f"{len(outcomes) - refused} made or set, {refused} refused, {_count(findings, State.PLANNED)} were as planned")
    if there.acls is None:
        say(_NO_AUTHORIZER)
    if refused:
        raise typer.Exit(MISCONFIGURED)
    differs = any(isinstance(each.subject, TopicPlan) and each.state is State.DIFFERS for each in findings)
    raise typer.Exit(1 if strict and (differs or there.acls is None) else 0)


def _look(settings: "Settings") -> "tuple[list[Finding], There]":
    from ouvidor.grants.applying import look, wanted
    from ouvidor.grants.comparing import compare

    planned = wanted(settings)
    there = complete(look(settings, planned.topics))
    return compare(planned, there), there


def _to_make(finding: "Finding") -> bool:
    from ouvidor.grants.comparing import State
    from ouvidor.grants.quotas import Quota

    return finding.state is State.MISSING or (finding.state is State.DIFFERS and isinstance(finding.subject, Quota))


def _is_settled(findings: "Sequence[Finding]") -> bool:
    from ouvidor.grants.comparing import State

    return all(each.state in {State.PLANNED, State.STRANGE} for each in findings)


def _count(findings: "Sequence[Finding]", state: str) -> int:
    return sum(each.state == state for each in findings)


def _sum_up(findings: "Sequence[Finding]", there: "There") -> None:
    states = Counter((each.kind, each.state) for each in findings)
    for kind, several in {"topic": "topics", "acl": "ACLs", "quota": "quotas"}.items():
        if its := [f"{number} {state}" for (what, state), number in states.items() if what == kind]:
            say(f"{several}: {', '.join(its)}")
    if there.acls is None:
        say(_NO_AUTHORIZER)
    if not _is_settled(findings):
        say("`ouvidor topics apply` makes what is missing, and sets quotas; a topic that differs is left as it is")
