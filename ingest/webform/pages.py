"""The pages of a form: plain HTML that works without JavaScript, on a telephone, and read aloud.

Whatever a person wrote or set is escaped before it stands in a page. No page may run a script, be framed, or tell
another site where it was; the one style sheet is allowed by its hash.

Source: W3C, "Content Security Policy Level 3", hashes; WCAG 2.2.
"""

from base64 import b64encode
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from functools import cache
from hashlib import sha256
from html import escape
from importlib.resources import files
from string import Template
from typing import Final

from ouvidor.promise import Promise

__all__ = ["HEADERS", "counted_words", "deadline_words", "form_page", "list_page", "received_page"]

_TEMPLATES: Final = files("ingest.webform") / "templates"
_STYLE: Final = (_TEMPLATES / "style.css").read_text(encoding="utf-8")
_STYLE_HASH: Final = b64encode(sha256(_STYLE.encode()).digest()).decode()
_DAYS: Final = ("segunda-feira", "terça-feira", "quarta-feira", "quinta-feira", "sexta-feira", "sábado", "domingo")

HEADERS: Final[Mapping[str, str]] = {
    "Cache-Control": "no-store",  # a page has a field that may be used once, or a protocol number
    "Content-Security-Policy": (
        f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; form-action 'self'; frame-ancestors 'none'; "
        "base-uri 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


@cache
def _template(name: str) -> Template:
    return Template((_TEMPLATES / f"{name}.html").read_text(encoding="utf-8"))


def _page(name: str, markup: Mapping[str, str] | None = None, **words: str) -> bytes:
    """Fill a template: words are escaped, markup is ours."""
    safe = {key: escape(value) for key, value in words.items()}
    return _template(name).substitute(safe, style=_STYLE, **(markup or {})).encode()


def form_page(*, house: str, title: str, introduction: str, once: str) -> bytes:
    """Give the page with the form of a house; `once` is the value of its one-time field."""
    return _page("form", _named(house), title=title, introduction=introduction, once=once)


def received_page(*, house: str, protocol: str, promise: Promise, notices: Iterable[str] = ()) -> bytes:
    """Give the page that says thank you, with what else the customer must know."""
    notice = "".join(f'<p role="alert">{escape(each)}</p>' for each in notices)
    return _page(
        "received",
        {"notice": notice, **_named(house)},
        protocol=protocol,
        deadline=deadline_words(promise.until),
        counted=counted_words(promise),
        machine_time=promise.until.isoformat(),
    )


def _named(house: str) -> dict[str, str]:
    """Say whose page it is: a customer writes to somebody."""
    return {"house": f'<p class="house">{escape(house)}</p>' if house else ""}


def list_page(title: str, forms: Iterable[tuple[str, str]]) -> bytes:
    """Give the page that lists forms: their addresses and names."""
    items = "".join(f'<li><a href="{escape(address)}">{escape(name)}</a></li>' for address, name in forms)
    return _page("list", {"forms": f"<ul>{items}</ul>" if items else "<p>Não há formulários aqui.</p>"}, title=title)


def counted_words(promise: Promise) -> str:
    """Say how long that is, and what may change it."""
    sentences = [f"O prazo é de {'até ' if promise.by_severity else ''}{promise.within}"]
    if promise.by_severity:
        sentences[0] += ", conforme a gravidade"
    if promise.extendable_by is not None:
        sentences.append(f"Pode ser prorrogado uma vez por mais {promise.extendable_by}, com justificativa")
    if promise.others:
        sentences.append("Alguns assuntos têm outro prazo")
    return "".join(f"{sentence}. " for sentence in sentences).strip()


def deadline_words(moment: datetime) -> str:
    """Say until when as people do, in the moment's own zone: quarta-feira, 25/11/2026, às 18h.

    The first moment of a day is the end of the day before: who hears "until Thursday, 0h" waits until Thursday night.
    """
    if (moment.hour, moment.minute) == (0, 0):
        day, clock = moment - timedelta(days=1), "às 24h"
    else:
        day, clock = moment, f"{'à' if moment.hour == 1 else 'às'} {moment.hour}h"
    minutes = f"{moment.minute:02}" if moment.minute else ""
    return f"{_DAYS[day.weekday()]}, {day:%d/%m/%Y}, {clock}{minutes}"
