"""The form: what is accepted, what is answered, and what the customer is heard to say."""

import json
import re
from base64 import b64encode
from datetime import datetime
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from ingest.adapter import Answer, Call, Delivery, Original, Receipt, Utterance
from ingest.webform.form import ADAPTER, Form
from ingest.webform.pages import HEADERS, counted_words, deadline_words, list_page
from ouvidor.promise import Promise
from ouvidor.records import Consent
from tests.ingest.contract import AdapterContract
from tests.ingest.hearing import RECEIVED, Hearing
from tests.ingest.webform.test_fields import BOUNDARY, MULTIPART, URLENCODED, multipart, part

ACCOUNT = Form(network="form", account="principal")
ZONE = ZoneInfo("America/Sao_Paulo")
PROMISE = Promise(datetime(2026, 11, 25, 18, 0, tzinfo=ZONE), "72 h úteis", by_severity=True)
NOON = datetime(2026, 11, 25, 12, tzinfo=ZONE)
RECEIPT = Receipt("0b0e", "20261121-ABCD-EFGH-JK0", PROMISE)
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


def post(body: bytes, media_type: str = "application/json", *, complete: bool = True, **headers: str) -> Delivery:
    named = {"content-type": media_type, **{name.replace("_", "-"): each for name, each in headers.items()}}
    found = ADAPTER.accept(Call("POST", {}, named, body, complete=complete), ACCOUNT)
    assert isinstance(found, Delivery)
    return found


def answered(accept: str, *, complete: bool = True) -> Answer:
    return ADAPTER.respond(Call("POST", {}, {"accept": accept}, b"", complete=complete), ACCOUNT, RECEIPT)


def heard(body: bytes, media_type: str = "application/json", **hints: str) -> Utterance:
    original = Original(ADAPTER.channel, "form", "principal", body, media_type, RECEIVED, hints)
    [found] = ADAPTER.read(original)
    assert isinstance(found, Utterance)
    return found


def of(**fields: object) -> Utterance:
    return heard(json.dumps(fields).encode())


class TestTheContract(AdapterContract):
    adapter = ADAPTER
    samples = (
        '{"message":"Sem água há três dias","name":"Ana","email":"ana@example.org"}'.encode(),
        b'{"texto":"O caixa me cobrou duas vezes","assunto":"Cobran\\u00e7a"}',
        multipart(part("message", b"veja a foto"), part("files", b"\xff\xd8\xff", filename="a.jpg")),
        b"message=Parab%C3%A9ns&consent=on",
    )

    def saying(self, words: str) -> bytes:
        return json.dumps({"message": words}).encode()

    def delivery(self, body: bytes) -> Delivery:
        kinds = {b"{": "application/json", b"-": MULTIPART, b"m": URLENCODED}
        return post(body, kinds.get(body[:1], "application/json"))


class TestRecognition:
    BODY = b'{"message":"a mesma coisa"}'

    def test_the_same_bytes_are_the_same_message(self):
        assert post(self.BODY) == post(self.BODY)
        assert post(self.BODY).own_id != post(self.BODY + b" ").own_id

    def test_the_same_words_under_two_keys_are_two_messages(self):
        keys = [post(self.BODY, idempotency_key=key).own_id for key in ("k1", "k1", "k2")]
        assert keys[0] == keys[1] != keys[2]
        assert post(self.BODY).own_id not in keys

    def test_other_words_under_a_used_key_are_heard_as_well(self):
        one = post(b'{"message":"um"}', idempotency_key="k")
        other = post(b'{"message":"outro"}', idempotency_key="k")
        assert one.own_id != other.own_id

    def test_the_pages_field_makes_two_customers_with_the_same_words_two(self):
        words = part("message", b"obrigado")
        one = post(multipart(part("submission", b"a"), words), MULTIPART)
        other = post(multipart(part("submission", b"b"), words), MULTIPART)
        assert one.own_id != other.own_id

    def test_a_second_click_draws_another_boundary_and_is_the_same_message(self):
        parts = (part("submission", b"a"), part("message", b"oi"))
        first = post(multipart(*parts), MULTIPART)
        second = post(multipart(*parts, boundary="----other9"), "multipart/form-data; boundary=----other9")
        assert first.own_id == second.own_id

    def test_forms_spread_over_partitions_and_a_redelivery_goes_to_the_same(self, tmp_path: Path):
        hearing = Hearing(ADAPTER, tmp_path)
        bodies = [b'{"message":"%d"}' % number for number in range(200)]
        keys = [hearing.record(post(body)).key for body in bodies]
        assert len(set(keys)) > 50
        assert keys == [hearing.record(post(body)).key for body in bodies]

    def test_nothing_is_refused_for_what_it_holds(self):
        for body in (b"", b"\xff\x00", b"{", b"x" * 100):
            assert post(body, "application/x-unheard-of").body == body


class TestReading:
    def test_all_that_is_known_has_its_place(self):
        found = of(
            message="Fui mal atendido.\r\nQuero resposta.",
            subject="Atendimento",
            name="Zé da Silva",
            email="ze@example.org",
            protocol="20261120-ABCD-EFGH-JK0",
            consent=True,
        )
        assert found.text == found.body == "Fui mal atendido.\nQuero resposta."
        assert (found.subject, found.author_name, found.author_address) == (
            "Atendimento",
            "Zé da Silva",
            "ze@example.org",
        )
        assert found.protocol == "20261120-ABCD-EFGH-JK0"
        assert found.consent == Consent(
            purposes=("answer",), given_at=RECEIVED, evidence="campo consent do formulário: true"
        )
        assert found.defects == ()

    @pytest.mark.parametrize(
        "name", ["text", "message", "Mensagem", "Relato", "Descrição", "MANIFESTAÇÃO", "comentário"]
    )
    def test_the_words_are_known_by_many_names(self, name: str):
        assert of(**{name: "palavras", "e-mail": "a@b"}).text == "palavras"

    def test_fields_that_nobody_knows_stand_readable_in_the_body(self):
        found = of(message="Sem luz", rua="das Flores", poste={"numero": 7}, vazio="")
        assert found.text == "Sem luz"
        assert found.body == 'Sem luz\n\nrua: das Flores\nposte:\n{\n  "numero": 7\n}'

    def test_where_no_field_of_words_is_known_the_others_are_the_text(self):
        found = of(problema="Buraco na rua", cidade="Recife", name="Ana")
        assert found.text == found.body == "problema: Buraco na rua\ncidade: Recife"
        assert found.author_name == "Ana"

    def test_nobody_has_to_say_who_they_are(self):
        found = of(message="anônimo", name="", email="  ")
        assert (found.author_name, found.author_address, found.consent, found.defects) == (None, None, None, ())

    def test_a_telephone_is_the_address_where_there_is_no_mail_and_is_kept_where_there_is(self):
        assert of(message="x", telefone="11 5555-0000").author_address == "11 5555-0000"
        both = of(message="x", telefone="11 5555-0000", email="a@b")
        assert both.author_address == "a@b"
        assert "telefone: 11 5555-0000" in both.body

    @pytest.mark.parametrize(
        ("given", "purposes"),
        [("on", ("answer",)), ("Sim", ("answer",)), ("answer survey", ("answer", "survey")), (["answer"], ("answer",))],
    )
    def test_consent_is_what_was_agreed_to(self, given: object, purposes: tuple[str, ...]):
        consent = of(message="x", consent=given).consent
        assert consent is not None
        assert consent.purposes == purposes

    @pytest.mark.parametrize("given", ["", False, "não", "0", None])
    def test_what_is_no_consent_is_none(self, given: object):
        assert of(message="x", consent=given).consent is None

    def test_a_second_name_or_address_is_not_lost(self):
        found = heard(b"message=a&email=um%40x&email=dois%40x", URLENCODED)
        assert found.author_address == "um@x"
        assert "email: dois@x" in found.body

    def test_files_without_words_are_heard(self):
        found = heard(multipart(part("message", b""), part("f", b"1", filename="a.pdf")), MULTIPART)
        assert (found.text, len(found.files), found.defects) == ("", 1, ("veio sem palavras, só arquivos",))

    def test_a_form_that_was_cut_at_the_limit_says_so(self):
        found = heard(b'{"message":"cort', cut="1")
        assert found.text == '{"message":"cort'
        assert any("maior que o limite" in defect for defect in found.defects)
        assert post(b"x", complete=False).hints == {"cut": "1"}


class Page(HTMLParser):
    """What is in a page: tags with their attributes, and the texts."""

    def __init__(self, body: bytes) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(body.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def all(self, *names: str) -> list[dict[str, str | None]]:
        return [attributes for tag, attributes in self.tags if tag in names]


def form_page(account: Form = ACCOUNT, once: str = "abc") -> Answer:
    found = ADAPTER.accept(Call("GET", {}, {}, b"", once=once, house="Prefeitura de A & B"), account)
    assert isinstance(found, Answer)
    return found


class TestThePage:
    def test_it_says_whose_it_is(self):
        assert '<p class="house">Prefeitura de A &amp; B</p>' in form_page().body.decode()

    def test_each_field_has_a_label_and_no_script_is_needed(self):
        page = Page(form_page().body)
        labelled = {label["for"] for label in page.all("label")}
        fields = [each for each in page.all("input", "textarea") if each.get("type") != "hidden"]
        assert {field["id"] for field in fields} == labelled
        assert page.all("script") == []
        assert page.all("html") == [{"lang": "pt-BR"}]
        assert {"name": "viewport", "content": "width=device-width, initial-scale=1"} in page.all("meta")
        described = {name for field in fields for name in (field.get("aria-describedby") or "").split()}
        assert described <= {each.get("id") for each in page.all("span")}

    def test_no_field_must_be_filled_in_and_the_page_says_so(self):
        page = Page(form_page().body)
        assert not any("required" in each for each in page.all("input", "textarea"))
        assert "novalidate" in page.all("form")[0]  # a browser refuses an address that it does not like
        assert "Você não precisa se identificar" in page.text

    def test_it_posts_to_itself_with_a_field_that_is_used_once(self):
        page = Page(form_page(once="uma-vez").body)
        [form] = page.all("form")
        assert (form["method"], form["enctype"], "action" in form) == ("post", "multipart/form-data", False)
        assert {"type": "hidden", "name": "submission", "value": "uma-vez"} in page.all("input")

    def test_what_is_set_is_never_markup(self):
        account = Form(network="form", account="a", title='<script>"&', introduction="<b>$title</b>")
        body = form_page(account).body
        assert b"<script>" not in body
        assert b"<b>" not in body
        assert "<b>$title</b>" in Page(body).text

    def test_its_fields_are_all_understood(self):
        """What the page asks for must not end among the fields that nobody knows."""
        fields = {
            each["name"]: "1" for each in Page(form_page().body).all("input", "textarea") if each["name"] != "files"
        }
        found = heard(multipart(*(part(str(name), each.encode()) for name, each in fields.items())), MULTIPART)
        assert found.text == "1"
        assert found.body == "1\n\ntelefone: 1"

    def test_the_style_is_allowed_by_its_hash_and_nothing_else_is(self):
        style = re.search(rb"<style>(.*)</style>", form_page().body, re.DOTALL)
        assert style is not None
        hashed = b64encode(sha256(style.group(1)).digest()).decode()
        policy = form_page().headers["Content-Security-Policy"]
        assert f"style-src 'sha256-{hashed}'" in policy
        assert policy.startswith("default-src 'none';")
        assert "frame-ancestors 'none'" in policy

    def test_addresses_in_the_list_are_escaped(self):
        body = list_page("Casa & Cia", [("form/a", "<Água>")])
        assert Page(body).all("a") == [{"href": "form/a"}]
        assert "<Água>" in Page(body).text


class TestTheAnswer:
    def test_a_program_gets_protocol_and_deadline_as_json(self):
        found = answered("application/json")
        assert (found.status, found.media_type) == (202, "application/json")
        assert json.loads(found.body) == {
            "id": "0b0e",
            "protocol": "20261121-ABCD-EFGH-JK0",
            "answer_by": "2026-11-25T18:00:00-03:00",
            "deadline": "O prazo é de até 72 h úteis, conforme a gravidade.",
        }

    def test_a_browser_gets_a_page_with_protocol_and_deadline_in_words(self):
        found = answered(BROWSER)
        page = Page(found.body)
        assert "20261121-ABCD-EFGH-JK0" in page.text
        assert "Respondemos até quarta-feira, 25/11/2026, às 18h. O prazo é de até 72 h úteis" in page.text
        assert {"datetime": "2026-11-25T18:00:00-03:00"} in page.all("time")
        assert dict(found.headers) == dict(HEADERS)

    @pytest.mark.parametrize(
        ("promise", "words"),
        [
            (Promise(NOON, "7 dias corridos"), "O prazo é de 7 dias corridos."),
            (
                Promise(NOON, "10 dias úteis", "10 dias úteis"),
                "O prazo é de 10 dias úteis. Pode ser prorrogado uma vez por mais 10 dias úteis, com justificativa.",
            ),
            (
                Promise(NOON, "7 dias corridos", others=True),
                "O prazo é de 7 dias corridos. Alguns assuntos têm outro prazo.",
            ),
        ],
    )
    def test_how_long_that_is_and_what_may_change_it_is_said(self, promise: Promise, words: str):
        assert counted_words(promise) == words

    def test_who_sent_too_much_is_told_what_did_not_arrive(self):
        page = Page(answered(BROWSER, complete=False).body)
        assert "ficaram de fora" in page.text
        assert {"role": "alert"} in page.all("p")
        assert "ficaram de fora" in json.loads(answered("*/*", complete=False).body)["notice"]

    @pytest.mark.parametrize(
        ("moment", "words"),
        [
            (datetime(2026, 11, 21, 0, 0, tzinfo=ZONE), "sexta-feira, 20/11/2026, às 24h"),
            (datetime(2026, 11, 21, 0, 10, tzinfo=ZONE), "sábado, 21/11/2026, às 0h10"),
            (datetime(2026, 11, 23, 1, 5, tzinfo=ZONE), "segunda-feira, 23/11/2026, à 1h05"),
            (datetime(2026, 12, 1, 18, 30, tzinfo=ZONE), "terça-feira, 01/12/2026, às 18h30"),
        ],
    )
    def test_a_deadline_is_said_as_people_say_it(self, moment: datetime, words: str):
        assert deadline_words(moment) == words


def test_the_boundary_that_tests_use_is_a_browsers():
    assert BOUNDARY.startswith("----WebKitFormBoundary")
