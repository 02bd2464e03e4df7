"""`ouvidor reply`: a department's replies from the command line, for people without a client and for trying things out.

It writes to `replies` as any client would; what becomes of it is told in `case-events` or on `refused.<department>`.
"""

import json
import sys
from datetime import UTC, datetime, timedelta
from difflib import get_close_matches
from typing import Annotated, Any, Final
from uuid import UUID, uuid4

import typer

from ouvidor.cli import NO
from ouvidor.cli.context import complete, say, settings_at_broker
from ouvidor.departments import department_names
from ouvidor.errors import Rejected
from ouvidor.records import Reply
from ouvidor.reply_event import name_of
from sinks.replies.awaiting import Outcome, outcome_of
from sinks.replies.case import OMBUDSMAN
from sinks.replies.reading import Fault, check_reply
from sinks.replies.sending import sender

__all__ = ["app"]

app = typer.Typer(
    help="Reply to a message as a department: answer, hand back, ask, extend, propose to close.",
    no_args_is_help=True,
    rich_markup_mode=None,
    add_completion=False,
)

_WAIT: Final = timedelta(seconds=30)

Protocol = Annotated[str, typer.Argument(metavar="PROTOCOL", help="The protocol number, as it was typed or said.")]
Department = Annotated[str, typer.Option("--department", "-d", metavar="NAME", help="The department that replies.")]
By = Annotated[str, typer.Option("--by", metavar="WHO", help="The role or staff number of who replies.")]
Id = Annotated[UUID | None, typer.Option("--id", help="Of a reply that is sent again. Not given: a new one.")]
Wait = Annotated[bool, typer.Option("--wait", help="Wait for what becomes of it; leaves with 1 where it is refused.")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")]
Measures = Annotated[str | None, typer.Option("--measures", metavar="TEXT", help="What was done; - reads stdin.")]


@app.command()
def answer(
    context: typer.Context,
    protocol: Protocol,
    *,
    department: Department,
    text: Annotated[str, typer.Option("--text", metavar="TEXT", help="What the customer is told; - reads stdin.")],
    by: By = "cli",
    measures: Measures = None,
    more_follows: Annotated[bool, typer.Option("--more-follows", help="This is not yet all.")] = False,
    reply_id: Id = None,
    wait: Wait = False,
    as_json: AsJson = False,
) -> None:
    r"""Answer the customer.

    \b
    Example:
      ouvidor reply answer 20261123-7K3M-9QX2-4W6 -d saude --by plantao --text "Sua consulta foi remarcada."
      ouvidor reply answer 20261123-7K3M-9QX2-4W6 -d saude --text - --wait < resposta.txt
    """
    data = {"text": _words(text), "measures": _words(measures), "final": not more_follows}
    _send(context, "answer", _common(protocol, department, by, reply_id) | data, wait=wait, as_json=as_json)


@app.command("hand-back")
def hand_back(
    context: typer.Context,
    protocol: Protocol,
    *,
    department: Department,
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why it is not yours: three words or more.")],
    by: By = "cli",
    proposed: Annotated[
        str | None, typer.Option("--proposed", metavar="NAME", help="Whose it is, where you know.")
    ] = None,
    reply_id: Id = None,
    wait: Wait = False,
    as_json: AsJson = False,
) -> None:
    r"""Hand back what is not yours: it goes to the next, and the customer's clock goes on.

    \b
    Example:
      ouvidor reply hand-back 20261123-7K3M-9QX2-4W6 -d saude --reason "é da coleta de lixo" --proposed limpeza
    """
    data = {"reason": reason, "proposed": proposed}
    _send(context, "hand-back", _common(protocol, department, by, reply_id) | data, wait=wait, as_json=as_json)


@app.command("ask-customer")
def ask_customer(
    context: typer.Context,
    protocol: Protocol,
    *,
    department: Department,
    question: Annotated[str, typer.Option("--question", metavar="TEXT", help="What to ask; - reads stdin.")],
    by: By = "cli",
    reply_id: Id = None,
    wait: Wait = False,
    as_json: AsJson = False,
) -> None:
    r"""Ask the customer something first.

    \b
    Example:
      ouvidor reply ask-customer 20261123-7K3M-9QX2-4W6 -d saude --question "Em que posto foi?"
    """
    data = {"question": _words(question)}
    _send(context, "ask-customer", _common(protocol, department, by, reply_id) | data, wait=wait, as_json=as_json)


@app.command()
def extend(
    context: typer.Context,
    protocol: Protocol,
    *,
    department: Department,
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why more time is needed: three words.")],
    by: By = "cli",
    reply_id: Id = None,
    wait: Wait = False,
    as_json: AsJson = False,
) -> None:
    r"""Extend the deadline: once, and where the message's clock has an extension.

    \b
    Example:
      ouvidor reply extend 20261123-7K3M-9QX2-4W6 -d saude --reason "esperamos o laudo médico"
    """
    _send(
        context, "extend", _common(protocol, department, by, reply_id) | {"reason": reason}, wait=wait, as_json=as_json
    )


@app.command("propose-closing")
def propose_closing(
    context: typer.Context,
    protocol: Protocol,
    *,
    department: Department,
    measures: Annotated[str, typer.Option("--measures", metavar="TEXT", help="What was done; - reads stdin.")],
    by: By = "cli",
    reply_id: Id = None,
    wait: Wait = False,
    as_json: AsJson = False,
) -> None:
    r"""Propose to close the matter, with the measures taken.

    \b
    Example:
      ouvidor reply propose-closing 20261123-7K3M-9QX2-4W6 -d saude --measures "Consulta remarcada para 02/12."
    """
    data = {"measures": _words(measures)}
    _send(context, "propose-closing", _common(protocol, department, by, reply_id) | data, wait=wait, as_json=as_json)


def _words(given: str | None) -> str | None:
    return sys.stdin.read().strip() if given == "-" else given


def _common(protocol: str, department: str, by: str, reply_id: UUID | None) -> dict[str, Any]:
    common = {"protocol": protocol, "department": department, "by": by}
    return {"id": reply_id or uuid4(), "again": reply_id is not None, "at": datetime.now(UTC), **common}


def _send(context: typer.Context, command: str, data: dict[str, Any], *, wait: bool, as_json: bool) -> None:
    settings = settings_at_broker(context)
    department = data["department"]
    known = [*department_names(settings), OMBUDSMAN]
    if department not in known:
        near = get_close_matches(department, known, n=1, cutoff=0.5)
        mend = f"did you mean {near[0]}?" if near else f"known are {', '.join(known)}"
        raise Rejected(f"--department {department}: no such department; {mend}")
    sent_again = data.pop("again")
    reply = check_reply(command, data)
    if isinstance(reply, Fault):
        raise Rejected(f"{reply.field or command}: {reply.reason}")

    async def send() -> Outcome | None:
        async with sender(settings.kafka) as sending:
            await sending.send(reply, "/ouvidor/reply")
        return await outcome_of(reply, settings, _WAIT, again=sent_again) if wait else None

    _tell(reply, complete(send()), waited=wait, as_json=as_json)


def _tell(reply: Reply, outcome: Outcome | None, *, waited: bool, as_json: bool) -> None:
    told = {"id": str(reply.id), "protocol": reply.protocol, "command": name_of(reply)}
    if outcome is not None:
        told["outcome"] = "accepted" if outcome.accepted else "refused"
        told |= {name: words for name in ("field", "reason") if (words := getattr(outcome, name)) is not None}
    typer.echo(json.dumps(told, ensure_ascii=False) if as_json else told["id"])
    if outcome is None:
        not_taken = f"`ouvidor tail refused.{reply.department}` why not"
        looking = f"`ouvidor tail case-events` shows that it was taken, {not_taken}"
        say(f"sent, and not yet judged: do the sinks run? {looking}" if waited else f"sent; {looking}")
    else:
        say("taken" if outcome.accepted else f"refused: {outcome.reason}")
    if waited and (outcome is None or not outcome.accepted):
        raise typer.Exit(NO)
