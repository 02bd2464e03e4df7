"""A message on the page: what it says, its fields, and an example to copy."""

from collections.abc import Mapping
from html import escape
from typing import Any

from ouvidor.asyncapi.channels import Action
from ouvidor.asyncapi.page_fields import Fields
from ouvidor.asyncapi.page_parts import block, pretty
from ouvidor.asyncapi.words import spoken

__all__ = ["message_article", "message_link"]


def message_article(name: str, message: Mapping[str, Any], fields: Fields, action: Action) -> str:
    """Write a message."""
    words, given = _words(name, message), message["examples"][0]
    kind = f"<p><code>{escape(message['name'])}</code></p>" if "headers" in message else ""
    headers = "\n".join(f"{key}: {value}" for key, value in given.get("headers", {}).items())
    return (
        f'<article aria-labelledby="m-{escape(name)}"><h3 id="m-{escape(name)}">{escape(words["title"])}</h3>'
        f"<p>{escape(words['says'])}</p>{kind}<h4>Campos</h4>"
        f"{fields.of(message['payload']['$ref'].rpartition('/')[2], f'm-{name}', action)}<h4>Exemplo</h4>"
        f"{block('Os cabeçalhos do exemplo', headers) if headers else ''}"
        f"{block('O valor do exemplo', pretty(given['payload']))}</article>"
    )


def message_link(name: str, message: Mapping[str, Any]) -> str:
    """Write a link to a message."""
    return f'<a href="#m-{escape(name)}">{escape(_words(name, message)["title"])}</a>'


def _words(name: str, message: Mapping[str, Any]) -> Mapping[str, str]:
    return spoken("messages", name) or {"title": message["title"], "says": message.get("summary", "")}
