"""Fields on the page: a list in a list, each with its type, whether it is always there, and what it means.

A model stands on a page once, where it comes first; wherever it comes again, a link leads there.
"""

from collections.abc import Iterator, Mapping
from html import escape
from typing import Any, Final

from ouvidor.asyncapi.channels import Action
from ouvidor.asyncapi.naming import TO_SEND
from ouvidor.asyncapi.words import VALUES, meaning
from ouvidor.schema_forms import OPEN_LIST

__all__ = ["Fields"]

_TYPES: Final[Mapping[str, str]] = {
    "string": "texto",
    "integer": "número inteiro",
    "number": "número",
    "boolean": "true ou false",
    "object": "objeto",
}
_FORMATS: Final[Mapping[str, str]] = {"date-time": "data e hora", "uuid": "UUID", "uri-reference": "referência"}
_NEEDED: Final[Mapping[Action, tuple[str, str]]] = {
    "receive": ("sempre", "pode faltar"),
    "send": ("obrigatório", "opcional"),
}


class Fields:
    """The fields of a page's messages."""

    def __init__(self, schemas: Mapping[str, Any]) -> None:
        self._schemas = schemas
        self._seen: dict[str, str] = {}
        """Where each model stands, by its name."""

    def of(self, name: str, at: str, action: Action) -> str:
        """List a model's fields; `at` is where on the page, for its anchor."""
        schema = self._schemas[name]
        if "properties" not in schema:
            return ""
        self._seen[name] = at
        needed = set(schema.get("required", ()))
        rows = "".join(
            self._row(name, field, inner, at=f"{at}.{field}", words=_NEEDED[action][field not in needed], action=action)
            for field, inner in schema["properties"].items()
        )
        return f'<dl class="fields">{rows}</dl>'

    def _row(self, model: str, field: str, schema: Mapping[str, Any], *, at: str, words: str, action: Action) -> str:
        kind, inner = self._kind(schema)
        says = meaning(model, field) or schema.get("description") or ""
        parts = [escape(says), *_limits(schema)]
        listed = inner and self._values(inner)
        if listed:
            parts.append(listed)
        below = self._below(inner, at, action) if inner and not listed else ""
        strong = "always" if words in {"sempre", "obrigatório"} else "kind"
        said = "".join(f"<div>{each}</div>" for each in parts if each)
        return (
            f'<div id="{escape(at)}"><dt><code>{escape(field)}</code><span class="kind">{kind}</span>'
            f'<span class="{strong}">{words}</span></dt><dd>{said}{below}</dd></div>'
        )

    def _below(self, name: str, at: str, action: Action) -> str:
        """Show the fields of what a field holds: here, or where they stand already."""
        if name in self._seen:
            return f'<div class="values">Os campos estão em <a href="#{escape(self._seen[name])}">{name}</a>.</div>'
        found = self.of(name, at, action)
        if not found:
            return ""
        opened = " open" if at.count(".") == 1 else ""
        return f"<details{opened}><summary>Campos de {escape(at.rpartition('.')[2])}</summary>{found}</details>"

    def _kind(self, schema: Mapping[str, Any]) -> tuple[str, str | None]:
        """Say a type in words, and give the model that it names."""
        ways = [way for way in schema.get("anyOf", ()) if way.get("type") != "null"]
        if len(ways) == 1:
            return self._kind(ways[0])
        if "allOf" in schema:
            return self._kind(schema["allOf"][0])
        if "$ref" in schema:
            name = schema["$ref"].rpartition("/")[2]
            return _TYPES.get(self._schemas[name].get("type", "object"), "objeto"), name
        if schema.get("type") == "array":
            of = schema.get("items", {})
            kind, inner = ("par", None) if isinstance(of, list) else self._kind(of)
            return f"lista de {kind}", inner
        return _FORMATS.get(schema.get("format", "")) or _TYPES.get(schema.get("type", ""), "qualquer valor"), None

    def _values(self, name: str) -> str:
        """List the words of a list, in our language where we have it."""
        schema = self._schemas[name]
        words = schema.get("enum") or schema.get(OPEN_LIST)
        return _listed(words, VALUES.get(name.removesuffix(TO_SEND), {}), open_=OPEN_LIST in schema) if words else ""


def _limits(schema: Mapping[str, Any]) -> Iterator[str]:
    for part in (schema, *schema.get("anyOf", ())):
        words = part.get("enum") or part.get(OPEN_LIST)
        if words:
            yield _listed(words, {}, open_=OPEN_LIST in part)
        if "const" in part:
            yield f'<span class="values">sempre <code>{escape(str(part["const"]))}</code></span>'
        if "maxLength" in part:
            yield f'<span class="values">até {part["maxLength"]} caracteres</span>'


def _listed(words: list[str], names: Mapping[str, str], *, open_: bool) -> str:
    said = [f"<code>{escape(word)}</code>" + (f" {escape(names[word])}" if word in names else "") for word in words]
    more = "; podem vir outras no futuro" if open_ else "; não virão outras em v1" if names else ""
    return f'<span class="values">{" · ".join(said)}{more}</span>'
