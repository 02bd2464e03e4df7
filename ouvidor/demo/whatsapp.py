"""Sample WhatsApp messages, in the webhooks of the Cloud API, signed as Meta signs them.

Source: WhatsApp Cloud API, "Webhooks", "Validating payloads".
"""

import hmac
import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any

from ouvidor.demo.sample import Sample

__all__ = ["signature", "status_webhook", "webhook"]

_OURS = {"display_phone_number": "551190000000", "phone_number_id": "100000000000001"}


def webhook(samples: Iterable[Sample], sent_at: datetime) -> bytes:
    """Write the webhook that hands these messages over, all in one batch."""
    told = list(samples)
    contacts = [{"profile": {"name": sample.name}, "wa_id": sample.address} for sample in told]
    messages = [
        {
            "from": sample.address,
            "id": f"wamid.{sample.ref}",
            "timestamp": str(int(sent_at.timestamp())),
            "type": "text",
            "text": {"body": sample.words},
        }
        for sample in told
    ]
    return _envelope({"contacts": contacts, "messages": messages})


def status_webhook(sample: Sample, sent_at: datetime) -> bytes:
    """Write a delivery status: what networks say besides customers' words."""
    at = str(int(sent_at.timestamp()))
    statuses = [{"id": f"wamid.OUT-{sample.ref}", "status": "read", "timestamp": at, "recipient_id": sample.address}]
    return _envelope({"statuses": statuses})


def signature(body: bytes, secret: str) -> str:
    """Give the header `X-Hub-Signature-256` of a body."""
    return "sha256=" + hmac.new(secret.encode(), body, sha256).hexdigest()


def _envelope(what: Mapping[str, Any]) -> bytes:
    value = {"messaging_product": "whatsapp", "metadata": _OURS, **what}
    entry = {"id": "100000000000002", "changes": [{"field": "messages", "value": value}]}
    return json.dumps({"object": "whatsapp_business_account", "entry": [entry]}, ensure_ascii=False).encode()
