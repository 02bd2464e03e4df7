"""The sample customers are the same 320 at every run, and each one's words survive their way of coming."""

import email
import email.policy
import json
from collections import Counter
from datetime import datetime, timedelta, timezone
from email.message import EmailMessage
from urllib.parse import parse_qs

import pytest

from ouvidor.demo.calls import transcript
from ouvidor.demo.forms import form
from ouvidor.demo.mails import mail
from ouvidor.demo.sample import Sample, load_samples, reference_in
from ouvidor.demo.telegrams import update
from ouvidor.demo.whatsapp import signature, webhook

SAMPLES = load_samples()
NOW = datetime(2025, 11, 21, 9, 30, tzinfo=timezone(timedelta(hours=-3)))


def of(network: str) -> list[Sample]:
    return [sample for sample in SAMPLES if sample.network == network]


def test_there_are_320_as_the_readme_says() -> None:
    assert Counter(sample.network for sample in SAMPLES) == {
        "imap": 200,
        "form": 50,
        "whatsapp": 30,
        "telegram": 20,
        "webvtt": 20,
    }


def test_each_has_a_reference_of_its_own_in_its_words() -> None:
    assert len({sample.ref for sample in SAMPLES}) == 320
    assert [reference_in(sample.words) for sample in SAMPLES] == [sample.ref for sample in SAMPLES]


def test_nobody_in_them_is_real() -> None:
    for sample in of("imap") + of("form"):
        assert sample.address.endswith(".test")
    for sample in of("whatsapp") + of("webvtt"):
        assert sample.address[4:].startswith("90000")
    assert not [sample.ref for sample in SAMPLES if "http" in sample.text or "@" in sample.text]


def test_awkward_mails_of_every_manner_are_among_them() -> None:
    manners = Counter(sample.manner for sample in of("imap"))
    assert manners.keys() >= {
        "alternative", "attachment", "auto-reply", "base64", "forward", "html", "latin-1", "no-message-id", "no-name",
        "no-subject", "plain", "reply", "windows-1252",
    }  # fmt: skip


@pytest.mark.parametrize("manner", sorted({sample.manner for sample in of("imap")}))
def test_a_mail_says_what_its_sample_says(manner: str) -> None:
    sample = next(sample for sample in of("imap") if sample.manner == manner)
    parsed = email.message_from_bytes(mail(sample, NOW), policy=email.policy.default)
    assert isinstance(parsed, EmailMessage)
    body = parsed.get_body(("plain", "html"))
    assert body is not None
    said = body.get_content()
    assert reference_in(said) == sample.ref
    assert (parsed["Message-ID"] is None) == (manner == "no-message-id")
    assert sample.address in parsed["From"]


def test_two_mails_never_have_the_same_message_id() -> None:
    parsed = [email.message_from_bytes(mail(sample, NOW)) for sample in of("imap")]
    ids = [each["Message-ID"] for each in parsed if each["Message-ID"]]
    assert len(set(ids)) == len(ids) == 200 - 4


def test_a_mail_goes_over_smtp_in_lines_that_are_allowed() -> None:
    for sample in of("imap"):
        assert max(map(len, mail(sample, NOW).split(b"\r\n"))) <= 998


def test_a_form_says_what_its_sample_says_in_each_encoding() -> None:
    for sample in of("form"):
        body, media_type = form(sample)
        if sample.manner == "json":
            assert json.loads(body)["mensagem"] == sample.words
        elif sample.manner == "urlencoded":
            assert parse_qs(body.decode())["mensagem"] == [sample.words]
        else:
            boundary = media_type.partition("boundary=")[2]
            assert body.count(f"--{boundary}".encode()) == 6
            assert sample.words.encode() in body


def test_a_batch_of_whatsapp_messages_keeps_their_ids() -> None:
    samples = of("whatsapp")[:3]
    body = webhook(samples, NOW)
    value = json.loads(body)["entry"][0]["changes"][0]["value"]
    assert [each["id"] for each in value["messages"]] == [f"wamid.{sample.ref}" for sample in samples]
    assert [each["text"]["body"] for each in value["messages"]] == [sample.words for sample in samples]


def test_a_webhook_is_signed_over_its_raw_bytes() -> None:
    # The example of RFC 4231, test case 2.
    assert signature(b"what do ya want for nothing?", "Jefe") == (
        "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    )


def test_telegram_counts_its_updates_on() -> None:
    numbers = [update(sample, number, NOW)["update_id"] for number, sample in enumerate(of("telegram"), 1)]
    assert numbers == list(range(numbers[0], numbers[0] + 20))


def test_a_call_is_a_transcript_in_which_the_customer_says_it_all() -> None:
    for sample in of("webvtt"):
        written = transcript(sample)
        assert written.startswith("WEBVTT\n\n")
        customer = " ".join(
            line.removeprefix("<v Cliente>") for line in written.splitlines() if line.startswith("<v Cliente>")
        )
        plain = customer.replace("&amp;", "&").replace("&lt;", "<").replace("&gt;", ">")
        assert plain == " ".join(sample.words.split())
