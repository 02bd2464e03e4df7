"""The sample customers at work: each channel's own way in, as the world uses it.

They come over a few seconds, as five queues side by side. WhatsApp and the form hand some messages over twice, as
networks and nervous people do, and somebody tries a forged webhook.
"""

import asyncio
import smtplib
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import datetime, tzinfo
from http import HTTPStatus
from pathlib import Path
from typing import TypeVar

import aiohttp

from ouvidor.demo.calls import transcript
from ouvidor.demo.forms import form
from ouvidor.demo.house import House
from ouvidor.demo.mails import MAILBOX, mail
from ouvidor.demo.sample import Sample
from ouvidor.demo.standin_telegram import TelegramStandIn
from ouvidor.demo.telegrams import update
from ouvidor.demo.whatsapp import signature, status_webhook, webhook
from ouvidor.errors import Unavailable

__all__ = ["Customers"]

T = TypeVar("T")

_PAUSES = (0.25, 0.5, 1.0, *[2.0] * 60)
_EVERY_SO_MANY = 6
_SMTP_SECONDS = 30.0
_HTTP_SECONDS = 30.0


class Customers:
    """Sends samples; `sent` is called with a sample's reference when its network has taken it."""

    def __init__(
        self, house: House, smtp_port: int, telegram: TelegramStandIn, zone: tzinfo, sent: Callable[[str], None]
    ) -> None:
        self._house = house
        self._smtp_port = smtp_port
        self._telegram = telegram
        self._zone = zone
        self._sent = sent
        self.redeliveries = 0
        """How many messages were handed over again."""
        self.forgeries = 0
        """How many forged webhooks were refused."""
        self.faults: list[str] = []
        """What should have been refused and was not."""

    async def send(self, samples: Sequence[Sample], seconds: float) -> None:
        """Send all, spread over so many seconds. Raises `Unavailable` where a network does not take one."""

        def of(network: str) -> list[Sample]:
            return [sample for sample in samples if sample.network == network]

        timeout = aiohttp.ClientTimeout(total=_HTTP_SECONDS)
        async with aiohttp.ClientSession(timeout=timeout) as http:
            queues = [
                self._mails(of("imap"), seconds),
                self._forms(http, of("form"), seconds),
                self._whatsapp(http, of("whatsapp"), seconds),
                self._telegrams(of("telegram"), seconds),
                self._calls(of("webvtt"), seconds),
            ]
            tasks = [asyncio.create_task(queue) for queue in queues]
            try:
                await asyncio.gather(*tasks)
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)

    async def _mails(self, samples: Sequence[Sample], seconds: float) -> None:
        post = _PostOffice(self._smtp_port)
        try:
            async for sample in _paced(samples, seconds):
                await asyncio.to_thread(post.send, sample.address, mail(sample, self._now()))
                self._sent(sample.ref)
        finally:
            post.close()

    async def _forms(self, http: aiohttp.ClientSession, samples: Sequence[Sample], seconds: float) -> None:
        number = 0
        async for sample in _paced(samples, seconds):
            body, media_type = form(sample)
            number += 1
            for _ in range(1 + (number % _EVERY_SO_MANY == 0)):  # some press the button twice
                await _post(http, f"{self._house.url}/form/ouvidoria", body, {"Content-Type": media_type})
                self._sent(sample.ref)
            self.redeliveries += number % _EVERY_SO_MANY == 0

    async def _whatsapp(self, http: aiohttp.ClientSession, samples: Sequence[Sample], seconds: float) -> None:
        async for sample in _paced(samples, seconds):
            await self._hook(http, webhook([sample], self._now()))
            self._sent(sample.ref)
        again = samples[::_EVERY_SO_MANY]
        await self._hook(http, webhook(again, self._now()))  # in one batch, as networks catch up
        self.redeliveries += len(again)
        await self._hook(http, status_webhook(samples[0], self._now()))
        await self._forge(http, samples[0])

    async def _hook(self, http: aiohttp.ClientSession, body: bytes) -> None:
        headers = {
            "Content-Type": "application/json",
            "X-Hub-Signature-256": signature(body, self._house.whatsapp_secret),
        }
        await _post(http, f"{self._house.url}/whatsapp/ouvidoria", body, headers)

    async def _forge(self, http: aiohttp.ClientSession, sample: Sample) -> None:
        body = webhook([sample], self._now())
        headers = {"Content-Type": "application/json", "X-Hub-Signature-256": signature(body, "guessed")}
        async with http.post(f"{self._house.url}/whatsapp/ouvidoria", data=body, headers=headers) as answer:
            if answer.status == HTTPStatus.UNAUTHORIZED:
                self.forgeries += 1
            else:
                self.faults.append(f"a webhook with a forged signature was answered {answer.status}, not 401")

    async def _telegrams(self, samples: Sequence[Sample], seconds: float) -> None:
        number = 0
        async for sample in _paced(samples, seconds):
            number += 1
            self._telegram.add(update(sample, number, self._now()))
            self._sent(sample.ref)

    async def _calls(self, samples: Sequence[Sample], seconds: float) -> None:
        async for sample in _paced(samples, seconds):
            await asyncio.to_thread(_drop, self._house.calls, f"{sample.ref.lower()}.vtt", transcript(sample))
            self._sent(sample.ref)

    def _now(self) -> datetime:
        return datetime.now(self._zone)


class _PostOffice:
    """One SMTP connection, opened again where it is lost."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._line: smtplib.SMTP | None = None

    def send(self, sender: str, message: bytes) -> None:
        """Hand a mail over; blocks. Raises `Unavailable` where the server does not take it."""
        try:
            if self._line is None:
                self._line = smtplib.SMTP("127.0.0.1", self._port, timeout=_SMTP_SECONDS)
            self._line.sendmail(sender, [MAILBOX], message)
        except (smtplib.SMTPException, OSError) as error:
            self.close()
            raise Unavailable(f"the demo's mail server does not take a mail: {error}") from error

    def close(self) -> None:
        """Hang up."""
        if self._line is not None:
            self._line.close()
            self._line = None


async def _post(http: aiohttp.ClientSession, url: str, body: bytes, headers: dict[str, str]) -> None:
    """Post as networks do: again with growing pauses, until it is taken."""
    told = ""
    for pause in (*_PAUSES, 0.0):
        try:
            async with http.post(url, data=body, headers=headers) as answer:
                if answer.ok:
                    return
                told = f"it answers {answer.status}"
        except (aiohttp.ClientError, TimeoutError) as error:
            told = str(error) or type(error).__name__
        await asyncio.sleep(pause)
    raise Unavailable(f"{url} does not take a message: {told}")


async def _paced(samples: Sequence[T], seconds: float) -> AsyncIterator[T]:
    """Give the samples one after the other, spread over so many seconds."""
    loop = asyncio.get_running_loop()
    begun = loop.time()
    for number, sample in enumerate(samples):
        await asyncio.sleep(begun + seconds * number / len(samples) - loop.time())
        yield sample


def _drop(folder: Path, name: str, content: str) -> None:
    """Put a whole file there at once, as careful programs do."""
    part = folder / f".{name}.part"
    part.write_text(content, "utf-8")
    part.replace(folder / name)
