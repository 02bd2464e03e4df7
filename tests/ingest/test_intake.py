"""The intake: what an original becomes, whatever its adapter's reader gives or does."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import pytest

from ingest.adapter import Account, Adapter, Aside, File, Original, Utterance
from ingest.fitting import LARGEST_MESSAGE, Kept
from ingest.intake import Heard, Intake
from ouvidor.errors import Rejected
from ouvidor.events import event_id
from ouvidor.identity import message_id
from ouvidor.protocol import normalise
from ouvidor.records import Automatic, Channel, Consent, Message, NetworkEvent, Recipient, Turn
from tests.ingest.hearing import PSEUDONYMS, RECEIVED, ZONE, uri_of

ITS_ID = UUID("6f6b6a0e-0000-5000-8000-000000000001")
ORIGINAL = Original(Channel.DESK, "letter", "balcao", "Não há água.".encode(), "text/plain", RECEIVED)
INTAKE = Intake(PSEUDONYMS, ZONE, uri_of)

Reader = Callable[[Original], Iterable[Utterance | Aside]]


def heard(read: Reader, original: Original = ORIGINAL) -> list[Heard]:
    adapter = Adapter(channel=original.channel, network=original.network, settings=Account, read=read)
    return list(INTAKE.read(original, ITS_ID, adapter))


def message(utterance: Utterance, original: Original = ORIGINAL) -> Message:
    [one] = heard(lambda _: [utterance], original)
    assert isinstance(one.said, Message)
    return one.said


def utterance(text: str = "Não há água.", **more: object) -> Utterance:
    return replace(Utterance(text=text, body=text), **more)


class TestIdentity:
    def test_without_an_id_of_the_network_a_message_has_its_originals(self):
        assert message(utterance()).id == ITS_ID

    def test_with_an_id_of_the_network_a_message_is_the_same_in_any_original(self):
        assert message(utterance(own_id="wamid.7")).id == message_id("desk", "letter", "balcao", "wamid.7")

    def test_several_without_ids_are_several_and_always_the_same(self):
        first, second, third = (
            one.said.id for one in heard(lambda _: [utterance("um"), utterance("dois"), utterance("três")])
        )
        assert (first, second, third) == (ITS_ID, event_id(ITS_ID, "1"), event_id(ITS_ID, "2"))

    def test_the_protocol_number_has_the_day_of_receipt_where_the_organisation_is(self):
        found = message(utterance())
        assert found.protocol.startswith("20261120-")
        assert normalise(found.protocol) == found.protocol
        late = replace(ORIGINAL, received_at=datetime(2026, 11, 21, 2, 59, tzinfo=UTC))
        assert message(utterance(), late).protocol == found.protocol

    def test_a_conversation_is_hashed_and_one_that_has_none_is_its_own(self):
        one, other = message(utterance(conversation="+55 11 98765-4321")), message(utterance())
        assert one.thread.conversation == PSEUDONYMS.conversation("letter", "balcao", "+55 11 98765-4321")
        assert "98765" not in str(one.thread.conversation)
        assert other.thread.conversation == str(ITS_ID)

    def test_a_protocol_number_that_the_customer_quotes_is_found_whatever_the_network(self):
        ours = message(utterance()).protocol
        assert message(utterance(f"meu protocolo é {ours.lower().replace('-', ' ')}, e nada")).thread.protocol == ours
        assert message(utterance(subject=f"Re: {ours}")).thread.protocol == ours
        assert message(utterance("liguei em 20261120-1234-5678-90A")).thread.protocol is None

    def test_an_author_is_known_again_by_a_pseudonym(self):
        one = message(utterance(author_address="Joana@Example.org", author_name="Joana"))
        assert one.author.reference == PSEUDONYMS.reference("joana@example.org")
        assert one.author.address == "Joana@Example.org"
        assert message(utterance()).author.reference is None


class TestFailures:
    def test_whatever_a_reader_raises_the_original_reaches_a_person_with_its_words(self):
        def read(_: Original) -> Iterable[Utterance]:
            raise ZeroDivisionError("por zero")

        [one] = heard(read)
        assert isinstance(one.said, Message)
        assert not one.readable
        assert one.said.id == ITS_ID
        assert one.said.text == one.said.body == "Não há água."
        assert one.said.defects == ("o leitor de letter não entendeu o original: ZeroDivisionError: por zero",)
        assert [blob.content for blob in one.blobs] == [ORIGINAL.body]

    def test_a_refusal_of_ours_is_told_in_its_own_words(self):
        def read(_: Original) -> Iterable[Utterance]:
            raise Rejected("não é uma carta")

        assert heard(read)[0].said.defects == ("o leitor de letter não entendeu o original: não é uma carta",)

    def test_what_was_read_before_a_failure_is_kept_and_the_failure_is_heard_too(self):
        def read(_: Original) -> Iterable[Utterance]:
            yield utterance("um", own_id="1")
            yield utterance("dois", own_id="2")
            raise KeyError("três")

        first, second, last = heard(read)
        assert [first.said.text, second.said.text] == ["um", "dois"]
        assert (last.readable, last.said.id) == (False, ITS_ID)

    @pytest.mark.parametrize(
        "strange",
        [
            {"text": 7},
            {"author_address": ["a"]},
            {"sent_at": "ontem"},
            {"references": (3,)},
            {"files": (File("a", "b", "no bytes"),)},
            {"own_id": 5},
            {"turns": ("alô",)},
            {"conversation": b"x"},
        ],
    )
    def test_a_reader_that_gives_nonsense_in_the_middle_spoils_no_other(self, strange: dict[str, object]):
        good = [utterance("um", own_id="1"), utterance("três", own_id="3")]
        found = heard(lambda _: [good[0], utterance(**strange), good[1]])
        assert [one.said.text for one in found if one.readable] == ["um", "três"]
        assert [one.said.text for one in found if not one.readable] == ["Não há água."]

    def test_a_network_that_nobody_knows_is_heard_and_named(self):
        [one] = INTAKE.read(replace(ORIGINAL, network="telepathy"), ITS_ID, None)
        assert not one.readable
        assert one.said.defects == ("nenhum adaptador conhece a rede telepathy: instale o pacote que a lê",)

    def test_nothing_found_in_a_letter_is_a_message_and_in_a_webhook_an_event(self):
        [letter] = heard(lambda _: [])
        assert isinstance(letter.said, Message)
        assert letter.said.defects == ("não foi encontrada nenhuma mensagem dentro do original",)
        [call] = heard(lambda _: [], replace(ORIGINAL, channel=Channel.SOCIAL))
        assert isinstance(call.said, NetworkEvent)
        assert call.said.kind == "empty"

    def test_bytes_that_are_no_text_are_no_words(self):
        def read(_: Original) -> Iterable[Utterance]:
            raise Rejected("?")

        [one] = heard(read, replace(ORIGINAL, body=b"%PDF\x00\x01\x02"))
        assert one.said.text == ""


class TestTimes:
    @pytest.mark.parametrize(
        ("claimed", "kept", "words"),
        [
            (None, None, None),
            (
                datetime(2026, 11, 20, 20, 0, tzinfo=timezone(timedelta(hours=-3))),
                RECEIVED - timedelta(minutes=30),
                None,
            ),
            (datetime(2026, 11, 20, 10, 0), datetime(2026, 11, 20, 10, 0, tzinfo=UTC), "fuso horário"),  # noqa: DTZ001
            (datetime(2038, 1, 19, tzinfo=UTC), datetime(2038, 1, 19, tzinfo=UTC), "posterior ao recebimento"),
            (datetime(1970, 1, 1, tzinfo=UTC), datetime(1970, 1, 1, tzinfo=UTC), "antiga demais"),
            (datetime.max.replace(tzinfo=timezone(timedelta(hours=-12))), None, "impossível"),
        ],
    )
    def test_a_claimed_time_is_kept_where_it_can_be_and_what_is_odd_is_told(
        self, claimed: datetime | None, kept: datetime | None, words: str | None
    ):
        found = message(utterance(sent_at=claimed))
        assert found.sent_at == kept
        assert [words in defect for defect in found.defects if words] == ([True] if words else [])
        assert found.received_at == RECEIVED


class TestEvents:
    def test_an_aside_is_an_event_with_an_id_that_returns(self):
        def read(_: Original) -> Iterable[Aside]:
            yield Aside("status", "wamid.1/read", {"at": 7, "to": "5511", "nan": float("nan"), "big": 10**5000})

        [one], [again] = heard(read), heard(read)
        assert isinstance(one.said, NetworkEvent)
        assert one.said.id == again.said.id != ITS_ID
        assert one.said.data["nan"] is None
        assert one.said.data["at"] == 7

    def test_an_event_that_is_too_long_refers_to_its_original_alone(self):
        [one] = heard(lambda _: [Aside("status", "1", {"x": "y" * 100_000})])
        assert isinstance(one.said, NetworkEvent)
        assert one.said.data == {}
        assert [blob.content for blob in one.blobs] == [ORIGINAL.body]


class TestSize:
    def test_a_message_with_too_much_of_everything_fits_and_misses_nothing(self):
        turn = Turn(speaker="Cliente" * 20, start=float("inf"), end=1.0, text='"fala" \n' * 50)
        found = message(
            utterance(
                '"palavra"\n' * 10_000,
                body="\\corpo\\ " * 10_000,
                subject="s" * 5_000,
                author_name="n" * 5_000,
                author_address="a" * 5_000,
                recipients=tuple(Recipient(role="to", name="ñ" * 500, address=f"{n}" + "@" * 500) for n in range(300)),
                references=tuple(f"<{n}{'r' * 900}>" for n in range(500)),
                message_id="m" * 2_000,
                in_reply_to="i" * 2_000,
                language="pt" * 500,
                protocol="p" * 500,
                files=tuple(File("f" * 900, "t" * 900, f"{n}".encode()) for n in range(120)),
                turns=(turn,) * 500,
                automatic=Automatic(kind="bounce", recipients=("x" * 900,) * 90, status="5" * 900),
                consent=Consent(purposes=("p" * 900,) * 90, given_at=RECEIVED, evidence="e" * 9_000),
                defects=tuple(f"{n}" + "d" * 900 for n in range(90)),
            )
        )
        size = len(found.__pydantic_serializer__.to_json(found, exclude_none=True))
        assert 0.8 * LARGEST_MESSAGE < size <= LARGEST_MESSAGE
        assert Message.model_validate_json(found.model_dump_json()) == found
        assert found.thread.references[0].startswith("<0")
        assert found.thread.references[-1].startswith("<499")
        names = [each.name for each in found.attachments]
        assert names[14:] == [
            "lista-de-anexos.json",
            "texto-completo.txt",
            "corpo-completo.txt",
            "falas-completas.json",
        ]
        told = " ".join(found.defects)
        for words in ("mais 285 destinatários", "mais 105 anexos", "texto longo demais", "corpo longo demais", "falas"):
            assert words in told

    def test_a_message_of_ordinary_size_is_left_as_it_is(self):
        found = message(utterance("palavra " * 2_000, body="palavra " * 3_000))
        assert len(found.text) == 16_000
        assert len(found.body) == 24_000
        assert found.attachments == ()
        assert found.defects == ()

    def test_the_same_words_are_kept_once(self):
        [one] = heard(lambda _: [utterance("palavra " * 20_000)])
        assert isinstance(one.said, Message)
        assert [each.name for each in one.said.attachments] == ["texto-completo.txt"]
        assert [len(blob.content) for blob in one.blobs] == [len(ORIGINAL.body), 160_000]


def test_equal_bytes_are_kept_once_and_referred_to_twice():
    kept = Kept(lambda digest: f"file:///blobs/{digest}")
    first = kept.keep(b"%PDF-1.4", "a.pdf", "application/pdf")
    second = kept.keep(b"%PDF-1.4", "b.pdf", "application/pdf", role="inline")
    assert (first.uri, second.role) == (second.uri, "inline")
    assert [blob.content for blob in kept.blobs] == [b"%PDF-1.4"]
