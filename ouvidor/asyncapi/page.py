"""The page of the feed: what a department's developer wants to know, in Portuguese, in one file without any script.

It is written from the document and nothing else, so that it can't say what the document does not. It works without
JavaScript, on a telephone, printed, and read aloud; whatever a house has set is escaped before it stands here.

Source: WCAG 2.2; W3C, "Content Security Policy Level 3", hashes.
"""

from base64 import b64encode
from collections.abc import Iterator, Mapping
from hashlib import sha256
from html import escape
from importlib.resources import files
from typing import Any, Final, NamedTuple

from ouvidor.asyncapi.channels import CHANNELS, Action
from ouvidor.asyncapi.house import House
from ouvidor.asyncapi.page_channels import Channels
from ouvidor.asyncapi.page_fields import Fields
from ouvidor.asyncapi.page_messages import message_article, message_link
from ouvidor.asyncapi.words import meaning

__all__ = ["HEADERS", "page_of"]

_STYLE: Final = (files("ouvidor.asyncapi") / "style.css").read_text(encoding="utf-8")
HEADERS: Final[Mapping[str, str]] = {
    "Content-Security-Policy": (
        f"default-src 'none'; style-src 'sha256-{b64encode(sha256(_STYLE.encode()).digest()).decode()}'; "
        "frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
"""What the page is served with: it may run nothing and be framed by nobody."""

_WAYS: Final[tuple[tuple[str, str, Action], ...]] = (("ler", "Ler", "receive"), ("responder", "Responder", "send"))


class _Section(NamedTuple):
    at: str
    name: str
    text: str
    below: str = ""
    """What the list of contents has below it."""


def page_of(found: Mapping[str, Any], house: House, department: str | None = None, *, served: bool = False) -> str:
    """Write the page of a document. `served` gives it links to the other pages, which a file has not beside it."""
    desk = None if department is None else house.department(department)
    title = "O feed da Ouvidoria" if desk is None else f"O feed de {desk.title}"
    lead = (
        "O que se escreve no Kafka para departamentos e sistemas, e o que eles respondem."
        if desk is None
        else "O que se escreve no Kafka para este departamento, e como ele responde."
    )
    sections = list(_sections(found, house, department, served=served))
    listed = "".join(f'<li><a href="#{each.at}">{each.name}</a>{each.below}</li>' for each in sections)
    body = "".join(
        f'<section id="{each.at}" aria-labelledby="h-{each.at}"><h2 id="h-{each.at}">{each.name}</h2>'
        f"{each.text}</section>"
        for each in sections
    )
    return (
        '<!doctype html>\n<html lang="pt-BR"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head><body>"
        '<a class="skip" href="#conteudo">Ir para o conteúdo</a>'
        f"<header><div><p>{escape(house.name)}</p><h1>{escape(title)}</h1><p>{escape(lead)} "
        f"Versão {escape(found['info']['version'])}.{_links(department) if served else ''}</p></div></header>"
        f'<div class="body"><nav aria-label="Nesta página"><ul>{listed}</ul></nav>'
        f'<main id="conteudo" tabindex="-1">{body}</main></div></body></html>\n'
    )


def _links(department: str | None) -> str:
    if department is None:
        return ' O documento AsyncAPI 3 inteiro: <a href="asyncapi.json">asyncapi.json</a>.'
    return (
        f' O documento AsyncAPI 3: <a href="{department}.json">{department}.json</a>. '
        '<a href="../asyncapi">Todos os departamentos</a>.'
    )


def _sections(found: Mapping[str, Any], house: House, department: str | None, *, served: bool) -> Iterator[_Section]:
    channels = Channels(found, house, alone=department is not None)
    if department is None and house.departments:
        yield _Section("departamentos", "Departamentos", _departments(house, served=served))
    yield _Section("conectar", "Conectar", _connect(found))
    for at, name, action in _WAYS:
        yield _Section(at, name, channels.text(action), channels.links(action))
    yield _Section("cabecalhos", "Cabeçalhos", _headers(found))
    yield _Section("mensagens", "Mensagens, campo a campo", *_messages(found))
    yield _Section("garantias", "O que não muda", _PROMISES)


def _departments(house: House, *, served: bool) -> str:
    rows = []
    for each in house.departments or ():
        title, name = escape(each.title), escape(each.name)
        linked = f'<a href="asyncapi/{name}">{title}</a>' if served else title
        withheld = " Quem escreve está sempre oculto." if each.withheld else ""
        rows.append(
            f"<li><strong>{linked}</strong> <code>{escape(house.prefix)}department.{name}</code>"
            f'<div class="soft">{escape(each.handles)}{withheld}</div></li>'
        )
    return f'<ul class="plain desks">{"".join(rows)}</ul>'


def _connect(found: Mapping[str, Any]) -> str:
    rows = "".join(
        f"<dt>{'Respostas por HTTP' if name == 'door' else 'Kafka'}</dt>"
        f"<dd><code>{escape(server['host'])}</code> ({escape(server['protocol'])}){_security(server)}</dd>"
        for name, server in found["servers"].items()
    )
    return f'<dl class="facts">{rows}</dl>{_ENTERING}'


def _security(server: Mapping[str, Any]) -> str:
    if "security" not in server:
        return ", sem senha"
    name = server["security"][0]["$ref"].rpartition("/")[2]
    return ", com o token do departamento (Bearer)" if name == "token" else f", SASL {escape(name.upper())}"


def _headers(found: Mapping[str, Any]) -> str:
    properties = found["components"]["schemas"]["CloudEvent"]["properties"]
    rows = "".join(
        f"<dt><code>{name}</code></dt><dd>{escape(meaning('CloudEvent', name) or schema['description'])}</dd>"
        for name, schema in properties.items()
    )
    return f'{_CLOUD_EVENT}<dl class="facts">{rows}</dl>{_NEEDED}'


def _messages(found: Mapping[str, Any]) -> tuple[str, str]:
    """Give the messages, and the list of them."""
    sent = {
        name
        for key, channel in found["channels"].items()
        if key == "replies-http" or CHANNELS[key.partition(".")[0]].action == "send"
        for name in channel["messages"]
        if name not in {"http-kept", "http-problem"}
    }
    fields, messages = Fields(found["components"]["schemas"]), found["components"]["messages"]
    texts = (
        message_article(name, message, fields, "send" if name in sent else "receive")
        for name, message in messages.items()
    )
    links = (f"<li>{message_link(name, message)}</li>" for name, message in messages.items())
    return "".join(texts), f"<ul>{''.join(links)}</ul>"


_ENTERING: Final = (
    "<p>Peça à equipe de operação o usuário e a senha do departamento, e confirme o endereço: pode haver outro para "
    "quem vem de fora. O departamento lê os próprios tópicos e escreve em <code>replies</code>, e nada mais.</p>"
    "<p>Leia com <code>isolation.level=read_committed</code>: assim cada registro aparece exatamente uma vez. Guarde o "
    "<code>ce_id</code> mesmo assim, pelo que pode acontecer do seu lado. A chave é o número do protocolo, e tudo de "
    "um protocolo fica em ordem.</p>"
)
_CLOUD_EVENT: Final = (
    "<p>Cada registro é um CloudEvent 1.0 no modo binário do Kafka: os atributos são cabeçalhos, em UTF-8, e o valor é "
    "só o JSON dos dados.</p>"
)
_NEEDED: Final = (
    "<p>De quem responde, só <code>ce_type</code> decide; o CloudEvents pede também <code>ce_id</code>, "
    "<code>ce_source</code> e <code>ce_specversion</code>.</p>"
)
_PROMISES: Final = (
    "<p>A versão está no nome do tipo (<code>….v1</code>). Dentro dela, campos só são acrescentados: nenhum some, muda "
    "de tipo ou de sentido. Ignore os que não conhecer.</p><p>As listas marcadas com “podem vir outras no futuro” "
    "ganham palavras; trate uma desconhecida como “outra coisa”. <code>kind</code>, <code>severity</code> e "
    "<code>difficulty</code> nunca ganham nenhuma. O que vocês enviam hoje continua certo.</p><p>Cada versão publicada "
    "é comparada com todas as anteriores antes de sair. Uma mudança que quebrasse alguém teria outro tipo "
    "(<code>….v2</code>), ao lado deste.</p>"
)
