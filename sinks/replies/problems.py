"""Answers of the door: what was taken, and problems as RFC 9457 writes them, which name the field.

Words are in Portuguese; nothing of what was sent is repeated.
"""

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

from aiohttp import web

from ouvidor.http_server import NAME
from sinks.replies.reading import Fault

__all__ = ["answer", "problem"]

_TITLES: Final[Mapping[HTTPStatus, str]] = {
    HTTPStatus.BAD_REQUEST: "Falta a identificação da resposta",
    HTTPStatus.UNAUTHORIZED: "Token ausente ou desconhecido",
    HTTPStatus.FORBIDDEN: "O token é de outro departamento",
    HTTPStatus.NOT_FOUND: "Este endereço não existe aqui",
    HTTPStatus.METHOD_NOT_ALLOWED: "Só POST é aceito aqui",
    HTTPStatus.REQUEST_TIMEOUT: "O corpo não chegou a tempo",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "Resposta longa demais",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: "O corpo precisa ser application/json",
    HTTPStatus.UNPROCESSABLE_ENTITY: "A resposta tem uma falha",
    HTTPStatus.SERVICE_UNAVAILABLE: "Não foi possível guardar a resposta agora",
}


def answer(status: HTTPStatus, data: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> web.Response:
    """Give an answer in JSON."""
    body = json.dumps(data, ensure_ascii=False).encode()
    return web.Response(
        status=status, body=body, headers={"Content-Type": "application/json", **NAME, **(headers or {})}
    )


def problem(status: HTTPStatus, fault: Fault | None = None, headers: Mapping[str, str] | None = None) -> web.Response:
    """Give a problem. A sender whose body was not read to its end is hung up on."""
    told: dict[str, Any] = {"type": "about:blank", "title": _TITLES[status], "status": int(status)}
    if fault is not None:
        told["detail"] = fault.reason
        if fault.field is not None:
            told["field"] = fault.field
    response = answer(status, told, {**(headers or {}), "Content-Type": "application/problem+json"})
    if status is not HTTPStatus.UNPROCESSABLE_ENTITY:
        response.force_close()
    return response
