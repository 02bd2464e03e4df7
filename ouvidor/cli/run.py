"""`ouvidor run`, `ouvidor up`, `ouvidor demo`: what stays until it is stopped."""

from typing import Annotated

import typer

from ouvidor.cli.context import config_of, settings_of

__all__ = ["demo", "run", "up"]


def run(
    context: typer.Context,
    services: Annotated[
        list[str],
        typer.Argument(
            metavar="SERVICE...", help="A room (ingest, classify, route, sinks), or one of its services (ingest.http)."
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
    from ouvidor.up import up as run_all

    run_all(settings_of(context), config_of(context))


def demo(
    exit_when_done: Annotated[
        bool,
        typer.Option("--exit-when-done", help="End when all have arrived: 0 if each did exactly once, else 1."),
    ] = False,
) -> None:
    """See it at work, with 320 sample customers.

    \b
    Examples:
      ouvidor demo                             a live table; Ctrl-C ends it
      ouvidor demo --exit-when-done | cat      plain lines, for scripts

    They write by mail, form, WhatsApp and Telegram, or call. Everything is real but the customers. The data is thrown
    away at the end.
    """
    from ouvidor.demo import run as run_demo

    raise typer.Exit(run_demo(exit_when_done=exit_when_done))
