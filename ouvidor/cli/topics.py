"""`ouvidor topics`: create what is planned, list what is there; `plan` and `apply` stand in a file of their own."""

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from ouvidor.cli import topics_plan
from ouvidor.cli.context import complete, say, settings_at_broker

if TYPE_CHECKING:
    from ouvidor.settings import Settings
    from ouvidor.topics import TopicPlan

__all__ = ["app"]

app = typer.Typer(
    help="Create the topics, or list them; with their ACLs and quotas.",
    no_args_is_help=True,
    rich_markup_mode=None,
    add_completion=False,
)

app.command()(topics_plan.plan)
app.command()(topics_plan.apply)

AsJson = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]


@app.command()
def create(
    context: typer.Context,
    strict: Annotated[
        bool, typer.Option("--strict", help="Exit with 1 where a topic that was there is not as planned.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the plan; ask no broker.")] = False,
    as_json: AsJson = False,
) -> None:
    """Create the topics that are missing, change none.

    \b
    Examples:
      ouvidor topics create --dry-run          what would be made, and how
      ouvidor topics create
      ouvidor topics create --strict           for a deployment that must be as planned

    As often as you like: what is there stays. A topic that differs from the plan is told on stderr and left alone:
    fewer partitions are impossible, more give keys other partitions, a shorter retention deletes. The departments come
    from the routing table.
    """
    from ouvidor.topic_admin import create as create_topics

    settings = settings_at_broker(context)
    plans = _plans(settings)
    if dry_run:
        for plan in plans:
            config = " ".join(f"{key}={value}" for key, value in plan.config.items())
            row = f"{plan.name} partitions={plan.partitions} replication={plan.replication} {config}"
            typer.echo(json.dumps({**asdict(plan), "config": dict(plan.config)}) if as_json else row)
        return
    report = complete(create_topics(settings, plans))
    created = set(report.created)
    for plan in plans:
        state = "created" if plan.name in created else "exists"
        typer.echo(json.dumps({"topic": plan.name, "state": state}) if as_json else f"{state:<8} {plan.name}")
    for each in report.differences:
        say(f"{each.topic}: {each.what} is {each.found}, planned is {each.planned}; left as it is")
    if strict and report.differences:
        raise typer.Exit(1)


@app.command("list")
def list_topics(context: typer.Context, as_json: AsJson = False) -> None:
    """List the topics, as the broker has them.

    Planned are those that the rooms and the routing table name; missing are those of them that are not there yet.

    \b
    Examples:
      ouvidor topics list
      ouvidor topics list --json | jq -r 'select(.state == "missing").topic'
    """
    from ouvidor.topic_admin import existing

    settings = settings_at_broker(context)
    planned = {plan.name: plan for plan in _plans(settings)}
    found = {topic.name: topic for topic in complete(existing(settings))}
    for name in sorted(planned.keys() | found.keys()):
        topic = found.get(name)
        state = "missing" if topic is None else "planned" if name in planned else "not planned"
        row = {
            "topic": name,
            "state": state,
            "partitions": topic and topic.partitions,
            "replication": topic and topic.replication,
            "config": dict(topic.config) if topic is not None else None,
        }
        if as_json:
            typer.echo(json.dumps(row))
        elif topic is None:
            typer.echo(f"{name:<40} {state}")
        else:
            config = " ".join(f"{key}={value}" for key, value in topic.config.items())
            shape = f"partitions={topic.partitions} replication={topic.replication}"
            typer.echo(f"{name:<40} {state:<12} {shape} {config}")


def _plans(settings: "Settings") -> "list[TopicPlan]":
    from ouvidor.departments import department_names
    from ouvidor.topics import plan

    return plan(settings.kafka, department_names(settings))
