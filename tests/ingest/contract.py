"""What every adapter promises. A test class inherits it, names its adapter and gives real originals.

`AdapterContract` is about reading and needs nothing; `PullContract` adds a real broker and a stand-in of the network,
and kills the poller's process in between.
"""

import random
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.adapter import Adapter, Delivery
from ingest.fitting import LARGEST_MESSAGE
from ouvidor.records import Channel
from tests.ingest.hearing import RECEIVED, Hearing, messages

MILLION = 1_000_000
EVENT = 64 * 1024


class AdapterContract:
    """Redelivery, reorder, poison, any bytes, a million characters, none, a wrong clock."""

    adapter: Adapter
    samples: tuple[bytes, ...]
    """Real originals, each with one message at least, all of different ones."""
    hints: Mapping[str, str] = {}
    poison = b"\xff\xfe\x00\x01{not of this network"

    def saying(self, words: str) -> bytes:
        """Give an original in which a customer says these words, and nothing else."""
        raise NotImplementedError

    def delivery(self, body: bytes) -> Delivery:
        """Give the delivery as the network's edge would; the id is that of the bytes where not overridden."""
        return Delivery(body, self.adapter.media_type, hints=self.hints)

    @contextmanager
    def hearing(self) -> Iterator[Hearing]:
        with TemporaryDirectory() as where:
            yield Hearing(self.adapter, Path(where))

    def test_each_sample_gives_messages_that_a_reader_understands(self):
        with self.hearing() as hearing:
            for sample in self.samples:
                found = hearing.messages([self.delivery(sample)])
                assert found, sample[:200]
                for message in found:
                    assert message.network == self.adapter.network
                    assert message.channel is self.adapter.channel
                    assert message.text or message.attachments or message.defects

    def test_a_redelivery_is_dropped_wherever_it_comes(self):
        deliveries = [self.delivery(sample) for sample in self.samples]
        again = [*deliveries, *reversed(deliveries), deliveries[0], *deliveries]
        with self.hearing() as once, self.hearing() as many:
            assert [m.id for m in many.messages(again)] == [m.id for m in once.messages(deliveries)]

    def test_ids_and_conversations_do_not_depend_on_the_order_or_the_time_of_arrival(self):
        deliveries = [self.delivery(sample) for sample in self.samples]
        with self.hearing() as one, self.hearing() as other:
            there = {m.id: m.thread.conversation for m in one.messages(deliveries)}
            later = RECEIVED + timedelta(days=3)
            assert {m.id: m.thread.conversation for m in other.messages(reversed(deliveries), later)} == there

    def test_a_poison_original_in_the_middle_reaches_a_person_and_the_others_pass(self):
        deliveries = [self.delivery(sample) for sample in self.samples]
        middle = len(deliveries) // 2
        poisoned = [*deliveries[:middle], self.delivery(self.poison), *deliveries[middle:]]
        with self.hearing() as clean, self.hearing() as hurt:
            well = {m.id for m in clean.messages(deliveries)}
            found = {m.id: m for m in hurt.messages(poisoned)}
            assert well <= set(found)
            [poison] = [found[each] for each in set(found) - well]
            assert poison.defects
            assert self.poison in hurt.blobs

    def test_a_million_characters_fit_and_the_whole_is_kept(self):
        words = "A água não chega à minha rua há três semanas. " * (MILLION // 46 + 1)
        with self.hearing() as hearing:
            outputs = hearing.hear([self.delivery(self.saying(words[:MILLION]))])
            [message] = messages(outputs)
            assert message.text.startswith("A água não chega à minha rua")
            assert all(len(output.value or b"") <= LARGEST_MESSAGE for output in outputs)
            assert any("só os primeiros" in defect for defect in message.defects)
            kept = {sha256(blob).hexdigest(): blob.decode("utf-8", "replace") for blob in hearing.blobs}
            whole = [kept[each.sha256].count("três semanas") for each in message.attachments]
            assert max(whole) >= MILLION // 47

    def test_an_original_without_a_word_is_no_error(self):
        with self.hearing() as hearing:
            outputs = hearing.hear([self.delivery(self.saying(""))])
            assert len(outputs) == 1
            assert all(message.text.strip() == "" for message in messages(outputs))

    def test_an_empty_body_is_heard(self):
        with self.hearing() as hearing:
            outputs = hearing.hear([self.delivery(b"")])
            assert len(outputs) == 1
            if self.adapter.channel is not Channel.SOCIAL:
                assert messages(outputs)[0].defects

    def test_a_clock_that_is_wrong_changes_nothing_but_the_day(self):
        sample = self.delivery(self.samples[0])
        with self.hearing() as right, self.hearing() as wrong:
            [one, *_] = right.messages([sample])
            [other, *_] = wrong.messages([sample], datetime(1970, 1, 1, 12, tzinfo=UTC))
            assert other.id == one.id
            assert other.text == one.text
            assert other.protocol[:8] == "19700101"
            assert other.protocol[8:-1] == one.protocol[8:-1]

    def test_control_characters_and_halves_of_characters_break_nothing(self):
        words = "sem\x00 luz\x1b[2J h\u00e1 \u2028dias \U0001f62d"
        with self.hearing() as hearing:
            [message] = messages(hearing.hear([self.delivery(self.saying(words))]))
            assert "\x00" not in message.text + message.body
            assert "\x1b" not in message.text + message.body
            assert "dias 😭" in message.text

    def test_no_bytes_at_all_can_stop_the_intake(self):
        @settings(derandomize=True, max_examples=150)
        @given(st.binary(max_size=2_000))
        def heard(body: bytes) -> None:
            self.is_heard(body)

        heard()

    def test_no_damage_to_a_real_original_can_stop_the_intake(self):
        @settings(derandomize=True, max_examples=100)
        @given(st.integers(0, 2**32))
        def heard(seed: int) -> None:
            self.is_heard(self.damaged(random.Random(seed)))

        heard()

    def damaged(self, draw: random.Random) -> bytes:
        body = bytearray(draw.choice(self.samples))
        for _ in range(draw.randint(1, 20)):
            at = draw.randrange(len(body)) if body else 0
            match draw.randrange(4):
                case 0:
                    body[at : at + 1] = bytes([draw.randrange(256)])
                case 1:
                    del body[at : at + draw.randrange(40)]
                case 2:
                    body[at:at] = body[draw.randrange(len(body) + 1) :][: draw.randrange(200)]
                case 3:
                    body[at:at] = draw.choice((b"\x00", b"\xed\xa0\x80", b'"', b"{", b"<", b"\r\n\r\n", b"9" * 5_000))
        return bytes(body)

    def is_heard(self, body: bytes) -> None:
        with self.hearing() as hearing:
            outputs = hearing.hear([self.delivery(body)])
            assert outputs
            messages(outputs)
            assert all(len(output.value or b"") <= LARGEST_MESSAGE < EVENT for output in outputs)
            assert body in hearing.blobs
