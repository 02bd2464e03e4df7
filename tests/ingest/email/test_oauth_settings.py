"""Settings of a mailbox without a password: what is missing or strange is named with its mend."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jwt
import pytest
import trustme
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key

from ingest.email.oauth import assertion
from ingest.email.oauth.settings import OAuth
from ingest.email.settings import ImapAccount
from ouvidor.config import read_section
from ouvidor.errors import Misconfigured

MICROSOFT = {"provider": "microsoft", "client_id": "4f3c"}
BOX = {"network": "imap", "account": "caixa", "host": "outlook.office365.com", "username": "ouvidoria@casa.test"}


def test_microsoft_needs_nothing_but_the_applications_id():
    oauth = OAuth(**MICROSOFT)
    assert oauth.its_flow == "device"
    assert oauth.its_token_url == "https://login.microsoftonline.com/organizations/oauth2/v2.0/token"
    assert oauth.its_device_url == "https://login.microsoftonline.com/organizations/oauth2/v2.0/devicecode"
    assert oauth.its_scope == "https://outlook.office.com/IMAP.AccessAsUser.All offline_access"


def test_microsofts_application_alone_asks_for_all_that_it_was_allowed():
    oauth = OAuth(**MICROSOFT, flow="app", client_secret="x", tenant="casa.onmicrosoft.com")
    assert oauth.its_token_url == "https://login.microsoftonline.com/casa.onmicrosoft.com/oauth2/v2.0/token"
    assert oauth.its_scope == "https://outlook.office365.com/.default"


def test_google_is_asked_by_the_browser():
    oauth = OAuth(provider="google", client_id="4f3c")
    assert oauth.its_flow == "browser"
    assert oauth.its_scope == "https://mail.google.com/"


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"provider": "microsoft"}, "client_id is missing"),
        ({"provider": "google", "client_id": "x", "flow": "device"}, "Google gives no mail by device code"),
        ({"provider": "google", "flow": "app"}, "needs key_file"),
        ({"provider": "other", "client_id": "x"}, "other needs token_url and scope"),
        ({"provider": "other", "client_id": "x", "token_url": "https://a/t", "scope": "s"}, "device needs device_url"),
        ({**MICROSOFT, "flow": "app", "client_secret": "s"}, "tenant: flow: app needs the directory's own id"),
        ({**MICROSOFT, "flow": "app", "tenant": "t"}, "one of both"),
        ({**MICROSOFT, "flow": "app", "tenant": "t", "client_secret": "s", "certificate_file": "f"}, "one of both"),
        ({**MICROSOFT, "certificate_file": "f"}, "certificate_file is for flow: app alone"),
        ({**MICROSOFT, "token_url": "http://elsewhere.test/token"}, "oauth.token_url: https is expected"),
        ({**MICROSOFT, "authority": "login.microsoftonline.us"}, "oauth.authority: an address such as"),
        ({**MICROSOFT, "client_secrt": "x"}, "oauth.client_secrt: unknown key; did you mean client_secret?"),
    ],
)
def test_a_fault_is_named_with_its_mend(given: dict[str, Any], words: str):
    with pytest.raises(Misconfigured) as told:
        read_section(ImapAccount, {**BOX, "oauth": given}, where="ouvidor.yaml", within=("ingest", "accounts", 0))
    assert words in str(told.value)
    assert str(told.value).startswith("ouvidor.yaml: ingest.accounts[0].oauth")


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, "password: missing: give password or password_file, or oauth"),
        ({"password": "x", "oauth": MICROSOFT}, "password and oauth are both given"),
    ],
)
def test_there_is_one_way_in(given: dict[str, Any], words: str):
    with pytest.raises(Misconfigured, match=words):
        read_section(ImapAccount, {**BOX, **given}, where="ouvidor.yaml")


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """Give a PEM file with an RSA key and its certificate."""
    issued = trustme.CA(key_type=trustme.KeyType.RSA).issue_cert("our-application", key_type=trustme.KeyType.RSA)
    issued.private_key_and_cert_chain_pem.write_to_path(tmp_path / "app.pem")
    return tmp_path / "app.pem"


def test_a_certificate_signs_who_the_application_is(certificate: Path):
    oauth = OAuth(**MICROSOFT, flow="app", tenant="casa.test", certificate_file=certificate)
    now = datetime.now(UTC)
    signed = assertion.for_certificate(oauth, now)
    key = load_pem_private_key(certificate.read_bytes(), None)
    assert isinstance(key, rsa.RSAPrivateKey)
    claims = jwt.decode(signed, key.public_key(), algorithms=["PS256"], audience=oauth.its_token_url)
    assert claims["iss"] == claims["sub"] == "4f3c"
    assert claims["exp"] - claims["iat"] == 600
    assert len(jwt.get_unverified_header(signed)["x5t#S256"]) == 43
    end = assertion.ends_at(oauth)
    assert end is not None
    assert end > now


def test_a_service_account_signs_for_the_mailboxs_user(tmp_path: Path):
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    file = tmp_path / "service.json"
    file.write_text(json.dumps({"client_email": "robot@p.iam", "private_key": pem, "private_key_id": "k1"}))
    oauth = OAuth(provider="google", flow="app", key_file=file)
    signed = assertion.for_service_account(oauth, "ouvidoria@casa.test", datetime.now(UTC))
    claims = jwt.decode(signed, key.public_key(), algorithms=["RS256"], audience="https://oauth2.googleapis.com/token")
    assert (claims["iss"], claims["sub"]) == ("robot@p.iam", "ouvidoria@casa.test")
    assert claims["scope"] == "https://mail.google.com/"
    assert jwt.get_unverified_header(signed)["kid"] == "k1"


@pytest.mark.parametrize(
    "written", ["", "{}", "not a key", "-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----"]
)
@pytest.mark.parametrize("way", ["certificate_file", "key_file"])
def test_a_file_that_holds_no_key_is_named(tmp_path: Path, written: str, way: str):
    file = tmp_path / "app"
    file.write_text(written)
    provider = {"provider": "google"} if way == "key_file" else {**MICROSOFT, "tenant": "casa.test"}
    oauth = OAuth(**provider, flow="app", **{way: file})
    sign = assertion.for_certificate if way == "certificate_file" else _for_ana
    with pytest.raises(Misconfigured, match=f"{way}: {file}"):
        sign(oauth, datetime.now(UTC))


def test_a_file_that_is_not_there_is_named(tmp_path: Path):
    oauth = OAuth(provider="google", flow="app", key_file=tmp_path / "gone.json")
    with pytest.raises(Misconfigured, match=r"key_file: cannot read .*gone\.json: No such file"):
        assertion.for_service_account(oauth, "u", datetime.now(UTC))


def _for_ana(oauth: OAuth, now: datetime) -> str:
    return assertion.for_service_account(oauth, "ana@casa.test", now)
