"""Blocks of the page that a reader copies: calls of kcat and curl, and JSON."""

import json
import shlex
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from ouvidor.asyncapi.house import Broker

__all__ = ["block", "call_door", "pretty", "read_by_kcat", "write_by_kcat"]

_GO_ON = " \\\n  "


def block(name: str, text: str) -> str:
    """Show a text as it is. It scrolls, so that the keyboard must reach it, and it has a name for who hears it."""
    return f'<pre tabindex="0" role="group" aria-label="{escape(name)}"><code>{escape(text)}</code></pre>'


def pretty(data: object) -> str:
    """Write JSON as people read it."""
    return json.dumps(data, indent=2, ensure_ascii=False)


def read_by_kcat(servers: Sequence[Mapping[str, Any]], broker: Broker, topic: str) -> str:
    """Give the call that reads a topic."""
    words = [*_kcat(servers, broker), f"-C -t {shlex.quote(topic)} -X isolation.level=read_committed -f '%s\\n' | jq ."]
    return _GO_ON.join(words)


def write_by_kcat(servers: Sequence[Mapping[str, Any]], broker: Broker, topic: str, shown: Mapping[str, Any]) -> str:
    """Give the call that writes a record: its headers, and its data on a line."""
    needed = ("ce_specversion", "ce_type", "ce_id", "ce_source", "content-type")
    headers = ["-H " + shlex.quote(f"{name}={shown['headers'][name]}") for name in needed]
    data = shlex.quote(json.dumps(shown["payload"], ensure_ascii=False))
    return f"echo {data} |\n" + _GO_ON.join([*_kcat(servers, broker), f"-P -t {shlex.quote(topic)}", *headers])


def call_door(server: Mapping[str, Any], path: str, body: object) -> str:
    """Give the call that replies by HTTP."""
    return _GO_ON.join(
        [
            f"curl {server['protocol']}://{server['host']}{path}",
            '-H "Authorization: Bearer $TOKEN"',
            '-H "Content-Type: application/json"',
            '-H "Idempotency-Key: os-2026-4711"',
            f"-d {shlex.quote(json.dumps(body, ensure_ascii=False))}",
        ]
    )


def _kcat(servers: Sequence[Mapping[str, Any]], broker: Broker) -> list[str]:
    """Give how kcat reaches the broker, in its own words."""
    words = [f"kcat -b {','.join(str(server['host']) for server in servers)}"]
    if broker.security != "PLAINTEXT":
        words.append(f"-X security.protocol={broker.security}")
    if broker.mechanism is not None:
        words.append(f'-X sasl.mechanisms={broker.mechanism} -X sasl.username="$USUARIO" -X sasl.password="$SENHA"')
    return words
