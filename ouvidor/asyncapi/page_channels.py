"""The channels on the page: which topic, by which key, for how long, and how it is read or written from a shell.

A page of all departments shows what each of them has once, with `<departamento>` in the topic's name.
"""

from collections.abc import Iterator, Mapping
from html import escape
from typing import Any, Final

from ouvidor.asyncapi.channels import CHANNELS, Action
from ouvidor.asyncapi.house import House
from ouvidor.asyncapi.page_messages import message_link
from ouvidor.asyncapi.page_parts import block, call_door, read_by_kcat, write_by_kcat
from ouvidor.asyncapi.servers import BROKERS
from ouvidor.asyncapi.words import spoken

__all__ = ["Channels"]

_DOOR: Final = "replies-http"
_DAY: Final = 86_400_000


class Channels:
    """The channels of a document."""

    def __init__(self, found: Mapping[str, Any], house: House, *, alone: bool) -> None:
        """`alone`: the document is one department's."""
        self._found = found
        self._house = house
        self._alone = alone

    def text(self, action: Action) -> str:
        """Write the channels of one direction."""
        return "".join(self._channel(kind, channel, action) for kind, channel in self._shown(action))

    def links(self, action: Action) -> str:
        """Write the list of them."""
        rows = (
            f'<li><a href="#topico-{kind}">{escape(_words(kind, channel)["title"])}</a></li>'
            for kind, channel in self._shown(action)
        )
        return f"<ul>{''.join(rows)}</ul>"

    def _shown(self, action: Action) -> Iterator[tuple[str, Mapping[str, Any]]]:
        seen = set()
        for key, channel in self._found["channels"].items():
            kind = key.partition(".")[0]
            if kind not in seen and action == (CHANNELS[kind].action if kind in CHANNELS else "send"):
                seen.add(kind)
                yield kind, channel

    def _channel(self, kind: str, channel: Mapping[str, Any], action: Action) -> str:
        words, topic = _words(kind, channel), self._address(kind, channel)
        facts = [("Endereço" if kind == _DOOR else "Tópico", f"<code>{escape(topic)}</code>")]
        if words["key"]:
            facts.append(("Chave", escape(words["key"])))
        if self._alone and (group := self._group(channel)):
            facts.append(("Grupo", f"<code>{escape(group)}</code>, ou um que comece assim e siga com um ponto"))
        kept = channel.get("bindings", {}).get("kafka", {}).get("topicConfiguration", {}).get("retention.ms")
        if kept is not None:
            facts.append(("Guardado por", "todo o tempo" if kept < 0 else f"{kept // _DAY} dias"))
        messages = self._found["components"]["messages"]
        facts.append(("Mensagens", ", ".join(message_link(name, messages[name]) for name in channel["messages"])))
        rows = "".join(f"<dt>{name}</dt><dd>{text}</dd>" for name, text in facts)
        return (
            f'<h3 id="topico-{kind}">{escape(words["title"])}</h3><p>{escape(words["says"])}</p>'
            f'<dl class="facts">{rows}</dl>{self._call(kind, channel, topic, action)}'
        )

    def _group(self, channel: Mapping[str, Any]) -> str | None:
        """Give the consumer group that a department may use for a topic of its own."""
        for name, operation in self._found["operations"].items():
            if name.startswith("read.") and self._found["channels"][operation["channel"]["$ref"][11:]] is channel:
                return (
                    str(operation["bindings"]["kafka"]["groupId"]["examples"][0]) if "bindings" in operation else None
                )
        return None

    def _address(self, kind: str, channel: Mapping[str, Any]) -> str:
        if self._alone or kind not in CHANNELS:
            return str(channel["address"])
        return self._house.prefix + CHANNELS[kind].topic.format(department="<departamento>", channel="<canal>")

    def _call(self, kind: str, channel: Mapping[str, Any], topic: str, action: Action) -> str:
        """Show how it is done with kcat or curl."""
        first = self._found["components"]["messages"][next(iter(channel["messages"]))]["examples"][0]
        if kind == _DOOR:
            return block("Com curl", call_door(self._found["servers"]["door"], topic, first["payload"]))
        servers = [server for name, server in self._found["servers"].items() if name.startswith(BROKERS)]
        if action == "send":
            return block("Com kcat", write_by_kcat(servers, self._house.broker, topic, first))
        return block("Com kcat", read_by_kcat(servers, self._house.broker, topic))


def _words(kind: str, channel: Mapping[str, Any]) -> Mapping[str, str]:
    return spoken("channels", kind) or {"title": channel["title"], "says": channel["description"], "key": ""}
