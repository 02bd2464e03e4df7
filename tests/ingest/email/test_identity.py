"""Which mail a mail is: the same wherever it lies, another where it says something else."""

import time

from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.email.identity import order_of, own_id

MAIL = b"Received: by a\r\nMessage-ID: <1@loja.test>\r\nSubject: x\r\n\r\nBom dia\r\n"


def test_the_id_does_not_change_with_what_servers_add_or_with_line_ends():
    assert own_id(MAIL) == own_id(b"X-Folder: Feitas\r\n" + MAIL) == own_id(MAIL.replace(b"\r\n", b"\n"))


def test_the_same_message_id_with_other_words_is_another_mail():
    assert own_id(MAIL) != own_id(MAIL.replace(b"Bom dia", b"Boa noite"))


def test_the_same_words_with_another_message_id_are_another_mail():
    assert own_id(MAIL) != own_id(MAIL.replace(b"<1@", b"<2@"))


def test_an_id_on_the_next_line_is_the_same_id():
    assert own_id(MAIL) == own_id(MAIL.replace(b"Message-ID: <", b"MESSAGE-Id:\r\n <"))


def test_without_a_message_id_all_bytes_count():
    assert own_id(MAIL.replace(b"Message-ID: <1@loja.test>\r\n", b"")) is None
    assert own_id(MAIL.replace(b"<1@loja.test>", b"")) is None
    assert own_id(b"Subject: x\r\n\r\nMessage-ID: <1@loja.test>\r\n") is None
    assert own_id(b"") is None


def test_the_id_says_nothing_about_anybody():
    assert b"loja" not in (own_id(MAIL) or "").encode()


def test_a_thread_is_known_by_its_first_mail():
    answer = b"References: <0@a> <1@loja.test>\r\nIn-Reply-To: <1@loja.test>\r\nMessage-ID: <2@b>\r\n\r\n"
    assert order_of(answer) == "0@a"
    assert order_of(answer.partition(b"\r\n")[2]) == "1@loja.test"
    assert order_of(MAIL) == "1@loja.test"
    assert order_of(b"Subject: x\r\n\r\n") is None
    assert order_of(b"Subject: x\r\n\r\nReferences: <9@x>\r\n") is None


@given(st.binary(max_size=400))
@settings(derandomize=True)
def test_any_bytes_have_an_id_or_none(mail: bytes):
    assert own_id(mail) == own_id(mail)
    order_of(mail)


def test_the_time_is_the_mails_length():
    hostile = b"Message-ID: " + b"a\r\n " * 2_000_000
    began = time.process_time()
    own_id(hostile)
    order_of(hostile)
    assert time.process_time() - began < 2
