"""`ouvidor run`, `ouvidor up`, `ouvidor demo`: what stays until it is stopped."""

from pathlib import Path
from typing import Annotated

import typer

from ouvidor.cli.context import config_of, settings_of, survey_of

__all__ = ["demo", "run", "up"]


def run(
    context: typer.Context,
    services: Annotated[
        list[str],
        typer.Argument(
            metavar="SERVICE", help="A room (ingest, classify, route, sinks), or one of its services (ingest.http)."
        ),
    ],
    instance: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="This worker's name in its consumer groups: the same after a restart, different from every other"
            " worker's. Not given: the host's name.",
        ),
    ] = None,
) -> None:
    """Run services until they are stopped.

    \b
    Examples:
      ouvidor run ingest                       all channels
      ouvidor run classify route sinks         three rooms in one process
      ouvidor run route --instance route-2     a second worker on the same host
      ouvidor run classify.doubt               the slow lane alone

    They run in the foreground: a supervisor such as systemd keeps them running (deploy/systemd).
    They end within ten seconds of SIGTERM or Ctrl-C: the batch in hand is finished or given up, nothing is lost or done
    twice. Probes and metrics are served where telemetry.port is set; systemd is told of readiness, its watchdog fed.
    """
    from ouvidor.daemon import run_until_stopped

    run_until_stopped(settings_of(context), services, instance=instance)


def up(context: typer.Context) -> None:
    """Run everything on this machine.

    \b
    Examples:
      ouvidor up                               with ./ouvidor.yaml, data in ./var
      ouvidor -c /etc/ouvidor.yaml up

    Where kafka.bootstrap is not set, it brings a broker of its own. Ctrl-C stops all of it within ten seconds.
    """
    from ouvidor.cli.check import faults
    from ouvidor.errors import Misconfigured
    from ouvidor.up import up as run_all

    survey = survey_of(context)
    if found := faults(survey):  # told at once, not by the first room that ends after the broker was brought
        raise Misconfigured("\n".join(found))
    run_all(survey.settings, config_of(context))


def demo(
    context: typer.Context,
    exit_when_done: Annotated[
        bool,
        typer.Option("--exit-when-done", help="End when all have arrived: 0 if each did exactly once, else 1."),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object at the end, on stdout.")] = False,
    picture: Annotated[Path | None, typer.Option(hidden=True, help="Draw the table's last state: SVG.")] = None,
) -> None:
    """See it at work, with 320 sample customers.

    \b
    Examples:
      ouvidor demo                             a live table; Ctrl-C ends it
      ouvidor demo --exit-when-done | cat      plain lines, for scripts
      ouvidor demo --json                      the outcome for a program

    They write by mail, form, WhatsApp and Telegram, or call. Everything is real but the customers. What came in stays
    in var/demo until the next demo. In a pipe it ends by itself, as with --exit-when-done.
    """
    from ouvidor.demo.show import run as run_demo

    code = run_demo(settings_of(context), exit_when_done=exit_when_done, json_wanted=as_json, picture=picture)
    raise typer.Exit(code)
