"""Sample forms: as our page posts them, as other people's programs do (JSON), and with files.

The bytes follow from the sample alone, so that posting one again is the redelivery that a nervous customer makes.
"""

import json
from urllib.parse import urlencode

from ouvidor.demo.sample import Sample

__all__ = ["form"]

_BOUNDARY = "----ouvidor-demo-7f2c"


def form(sample: Sample) -> tuple[bytes, str]:
    """Give a sample's form: the body and its content type."""
    fields = {"nome": sample.name, "email": sample.address, "assunto": sample.subject, "mensagem": sample.words}
    if sample.manner == "json":
        return json.dumps(fields, ensure_ascii=False).encode(), "application/json"
    if sample.manner == "multipart":
        return _multipart(fields), f"multipart/form-data; boundary={_BOUNDARY}"
    return urlencode(fields).encode(), "application/x-www-form-urlencoded"


def _multipart(fields: dict[str, str]) -> bytes:
    parts = [f'Content-Disposition: form-data; name="{name}"\r\n\r\n{value}' for name, value in fields.items()]
    file = 'Content-Disposition: form-data; name="arquivo"; filename="recibo.txt"\r\nContent-Type: text/plain\r\n\r\n'
    parts.append(f"{file}Recibo de amostra.\n")
    return "".join(f"--{_BOUNDARY}\r\n{part}\r\n" for part in parts).encode() + f"--{_BOUNDARY}--\r\n".encode()
