"""`ouvidor asyncapi`: what departments and outside systems read and write, as a document and as a page."""

from typing import Annotated

import typer

from ouvidor.cli.context import settings_at_broker

__all__ = ["asyncapi"]


def asyncapi(
    context: typer.Context,
    department: Annotated[
        str | None,
        typer.Option("--department", "-d", metavar="NAME", help="Only what this department reads and writes."),
    ] = None,
    any_house: Annotated[
        bool, typer.Option("--any-house", help="The release's own document; settings and table are not read.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="JSON instead of YAML.")] = False,
    page: Annotated[bool, typer.Option("--page", help="The page for people, in Portuguese: one HTML file.")] = False,
) -> None:
    """Write the AsyncAPI 3 document of the feed: topics, headers, fields, examples, how to answer.

    \b
    Examples:
      ouvidor asyncapi > feed.yaml                          this house's, by its settings and routing table
      ouvidor asyncapi -d saude --json | jq .channels       what one department reads and writes
      ouvidor asyncapi -d saude --page > saude.html         the same to read, for the department's developer

    Where `replies.port` is set, the running pipeline serves the page at /asyncapi, one for each department at
    /asyncapi/NAME, and the document at /asyncapi.json.
    """
    from ouvidor.asyncapi import document, house, house_of, to_json, to_yaml
    from ouvidor.asyncapi.page import page_of

    if any_house and department is not None:
        raise typer.BadParameter("any house has no departments: leave --any-house out", param_hint="--department")
    if as_json and page:
        raise typer.BadParameter("one of them, please", param_hint="--json and --page")
    whose = house.any_house() if any_house else house_of(settings_at_broker(context))
    found = document(whose, department)
    typer.echo(page_of(found, whose, department) if page else to_json(found) if as_json else to_yaml(found), nl=False)
