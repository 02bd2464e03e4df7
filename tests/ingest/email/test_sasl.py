"""What is said to log in with a token, as the documents write it."""

import pytest

from ingest.email.sasl import Bearer, mechanism_of

TOKEN = "ya29.vF9dft4qmTc2Nvb3RlckBhdHRhdmlzdGEuY29tCg"  # the example of Google's and RFC 7628's pages


def test_xoauth2_is_what_googles_page_shows():
    said = Bearer("XOAUTH2", user="someuser@example.com", token=TOKEN, host="h", port=1)(b"")
    assert said == f"user=someuser@example.com\x01auth=Bearer {TOKEN}\x01\x01".encode()


def test_oauthbearer_is_what_rfc_7628_shows():
    said = Bearer("OAUTHBEARER", user="user@example.com", token=TOKEN, host="server.example.com", port=143)(b"")
    start = b"n,a=user@example.com,\x01host=server.example.com\x01port=143\x01"
    assert said == start + f"auth=Bearer {TOKEN}\x01\x01".encode()


def test_a_name_with_the_headers_own_signs_is_written_otherwise():
    said = Bearer("OAUTHBEARER", user="a=b,c@example.com", token="t", host="h", port=1)(b"")
    assert said.startswith(b"n,a=a=3Db=2Cc@example.com,")


@pytest.mark.parametrize(("mechanism", "answer"), [("XOAUTH2", b""), ("OAUTHBEARER", b"\x01")])
def test_the_challenge_of_a_refusal_is_answered_and_its_status_remembered(mechanism: str, answer: bytes):
    bearer = Bearer(mechanism, user="u", token="t", host="h", port=1)
    bearer(b"")
    assert bearer(b'{"status":"400","schemes":"Bearer","scope":"https://mail.google.com/"}') == answer
    assert bearer.status == "400"


@pytest.mark.parametrize("challenge", [b"", b"[]", b"no", b'{"status": 1}', b'{"status": "ana@ouvidor.test"}', b"\xff"])
def test_a_challenge_that_says_nothing_is_answered_too(challenge: bytes):
    bearer = Bearer("XOAUTH2", user="u", token="t", host="h", port=1)
    bearer(b"")
    assert bearer(challenge) == b""
    assert bearer.status is None


@pytest.mark.parametrize(
    ("offered", "chosen"),
    [
        ({"AUTH=PLAIN", "AUTH=XOAUTH2", "AUTH=OAUTHBEARER"}, "XOAUTH2"),
        ({"AUTH=OAUTHBEARER"}, "OAUTHBEARER"),
        ({"AUTH=PLAIN"}, None),
    ],
)
def test_the_mechanism_is_one_that_the_server_offers(offered: set[str], chosen: str | None):
    assert mechanism_of(offered) == chosen
