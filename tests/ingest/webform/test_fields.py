"""The fields of a form, in all the forms in which programs post it, the hostile ones among them."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.webform.fields import Fields, read_fields

BOUNDARY = "----WebKitFormBoundary7MA4YWxkTrZu0gW"
MULTIPART = f"multipart/form-data; boundary={BOUNDARY}"
URLENCODED = "application/x-www-form-urlencoded"


def part(name: str, content: bytes, *, filename: str | None = None, media_type: str | None = None) -> bytes:
    disposition = f'form-data; name="{name}"' + (f'; filename="{filename}"' if filename is not None else "")
    head = f"Content-Disposition: {disposition}\r\n" + (f"Content-Type: {media_type}\r\n" if media_type else "")
    return head.encode() + b"\r\n" + content + b"\r\n"


def multipart(*parts: bytes, boundary: str = BOUNDARY) -> bytes:
    mark = f"--{boundary}".encode()
    return b"".join(mark + b"\r\n" + each for each in parts) + mark + b"--\r\n"


class TestJson:
    def test_each_member_is_a_field(self):
        found = read_fields('{"message":"Não há água","name":"Zé"}'.encode(), "application/json")
        assert found == Fields([("message", "Não há água"), ("name", "Zé")])

    @pytest.mark.parametrize("charset", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
    def test_any_unicode_encoding_is_read(self, charset: str):
        assert read_fields('{"message":"ação"}'.encode(charset), "application/json").pairs == [("message", "ação")]

    def test_latin_1_that_calls_itself_json_is_read_and_said(self):
        found = read_fields('{"message":"ação"}'.encode("latin-1"), "application/json")
        assert found.pairs == [("message", "ação")]
        assert found.defects == ["o texto não está em UTF-8; foi lido como Windows-1252"]

    def test_members_of_one_name_are_all_kept(self):
        found = read_fields(b'{"message":"um","message":"dois"}', "application/json")
        assert found.pairs == [("message", "um"), ("message (2)", "dois")]

    def test_what_is_no_text_is_written_as_json(self):
        body = b'{"n":1.50,"b":true,"none":null,"lines":["a","b"],"deep":{"x":[1,{"y":"\\u00e9"}]},"nan":NaN}'
        found = dict(read_fields(body, "application/problem+json; charset=utf-8").pairs)
        assert (found["n"], found["b"], found["none"], found["lines"], found["nan"]) == (
            "1.5",
            "true",
            "",
            "a\nb",
            "NaN",
        )
        assert json.loads(found["deep"]) == {"x": [1, {"y": "é"}]}

    @pytest.mark.parametrize(
        ("body", "words"), [(b'"so um texto"', "so um texto"), (b'["a","b"]', "a\nb"), (b"42", "42")]
    )
    def test_json_that_is_no_object_is_one_text(self, body: bytes, words: str):
        assert read_fields(body, "application/json").pairs == [("", words)]

    @pytest.mark.parametrize(
        "body", [b'{"message": "cortad', b'{"a":' + b"[" * 5000, b"Quero reclamar: ninguem atende"]
    )
    def test_broken_json_is_kept_as_it_came_with_a_defect(self, body: bytes):
        found = read_fields(body, "application/json")
        assert found.pairs == [("", body.decode())]
        assert found.defects == ["não foi possível ler o formulário (application/json); o texto está como veio"]

    def test_json_that_says_it_is_urlencoded_is_read_as_json(self):
        """As `curl -d '{…}'` sends it."""
        found = read_fields(b'{"message":"a=b&c=d"}', URLENCODED)
        assert found.pairs == [("message", "a=b&c=d")]
        assert found.defects == [f"o conteúdo não é o que foi declarado ({URLENCODED})"]


class TestUrlencoded:
    def test_fields_are_read_in_their_order_with_all_values(self):
        found = read_fields(b"message=Sem+luz+h%C3%A1+dias%0D%0Ae+frio&tag=a&tag=b&empty=", URLENCODED)
        assert found.pairs == [("message", "Sem luz há dias\r\ne frio"), ("tag", "a"), ("tag", "b"), ("empty", "")]

    @pytest.mark.parametrize(
        ("body", "media_type"),
        [
            (b"message=a%E7%E3o", f"{URLENCODED}; charset=ISO-8859-1"),
            (b"message=a%E7%E3o&_charset_=windows-1252", URLENCODED),
            ("message=ação".encode("latin-1"), f"{URLENCODED}; charset=latin1"),
        ],
    )
    def test_a_declared_encoding_is_believed(self, body: bytes, media_type: str):
        found = read_fields(body, media_type)
        assert ("message", "ação") in found.pairs
        assert found.defects == []

    @pytest.mark.parametrize("charset", ["", "no-such-charset", "base64", "undefined", "unicode_escape", "\0"])
    def test_an_encoding_that_is_none_is_guessed_and_said(self, charset: str):
        found = read_fields(b"message=a%E7%E3o", f"{URLENCODED}; charset={charset}")
        assert found.pairs == [("message", "ação")]
        assert found.defects == ["o texto não está em UTF-8; foi lido como Windows-1252"]

    def test_a_lone_percent_and_a_broken_escape_stay(self):
        assert read_fields(b"message=100%+de+%zz", URLENCODED).pairs == [("message", "100% de %zz")]


class TestMultipart:
    def test_fields_and_files_are_read(self):
        body = multipart(
            part("message", b"O poste caiu"),
            part("files", b"\x89PNG\r\n\x1a\n--not the boundary", filename="poste é.png", media_type="image/png"),
            part("files", b"", filename="", media_type="application/octet-stream"),
        )
        found = read_fields(body, MULTIPART)
        assert found.pairs == [("message", "O poste caiu")]
        [file] = found.files
        assert (file.name, file.media_type) == ("poste é.png", "image/png")
        assert file.content == b"\x89PNG\r\n\x1a\n--not the boundary"
        assert found.defects == []

    def test_the_path_before_a_files_name_is_left_out(self):
        body = multipart(
            part("f", b"1", filename="../../etc/passwd"), part("f", b"2", filename="C:\\\\fakepath\\\\conta.pdf")
        )
        assert [file.name for file in read_fields(body, MULTIPART).files] == ["passwd", "conta.pdf"]

    def test_a_part_in_another_encoding_is_read(self):
        body = multipart(
            part("message", "ação".encode("latin-1"), media_type="text/plain; charset=iso-8859-1"),
            part("name", "José".encode("latin-1")),
        )
        found = read_fields(body, MULTIPART)
        assert found.pairs == [("message", "ação"), ("name", "José")]
        assert found.defects == ["o texto não está em UTF-8; foi lido como Windows-1252"]

    def test_what_was_cut_off_is_kept_as_far_as_it_came(self):
        body = multipart(part("message", b"a prova vai junto"), part("f", b"x" * 1000, filename="prova.jpg"))
        found = read_fields(body[:-500], MULTIPART)
        assert found.pairs == [("message", "a prova vai junto")]
        assert 0 < len(found.files[0].content) < 1000
        assert found.defects == ["o arquivo prova.jpg não veio inteiro", "o formulário não veio inteiro"]

    def test_a_body_whose_boundary_is_not_declared_is_read_by_its_look(self):
        found = read_fields(multipart(part("message", b"oi")), "multipart/form-data")
        assert found.pairs == [("message", "oi")]

    def test_a_wrong_boundary_leaves_the_text_as_it_came(self):
        found = read_fields(b"--other\r\n\r\nola\r\n", MULTIPART)
        assert found.pairs == [("", "--other\r\n\r\nola\r\n")]
        assert found.defects

    def test_parts_without_names_headers_or_ends_are_heard(self):
        body = multipart(b"\r\nsem nome nenhum\r\n", b"X: y\r\n\r\noutra\r\n")
        assert read_fields(body, MULTIPART).pairs == [("", "sem nome nenhum"), ("", "outra")]

    @pytest.mark.parametrize(
        "body",
        [
            multipart(part("message", b"oi")).replace(b"\r\n", b"\n"),
            multipart(b"A" * 100_000 + b": b\r\n\r\noi\r\n"),
            multipart(*(b"X-%d: y\r\n" % number for number in range(3)), b"\r\n" * 10_000),
            b"\r\n" * 200_000 + multipart(part("message", b"oi")),
            multipart(*(part("a", b"b") for _ in range(20_000))),
            b"--" + BOUNDARY.encode() + b'\r\nContent-Disposition: form-data; name="a' + b'\\"' * 5000,
            b"--" + BOUNDARY.encode() + b"--\r\n" + b"oi" * 1000,
        ],
    )
    def test_hostile_bodies_give_something_in_short_time(self, body: bytes):
        found = read_fields(body, MULTIPART)
        assert found.pairs or found.files


class TestNoForm:
    @pytest.mark.parametrize("body", [b"", b" \r\n", b"\0\0"])
    def test_an_empty_body_is_a_form_with_a_defect(self, body: bytes):
        assert read_fields(body, "application/json") == Fields(defects=["o formulário veio vazio"])

    def test_plain_text_is_the_message(self):
        assert read_fields("Só isso: é ruim".encode(), "text/plain") == Fields([("", "Só isso: é ruim")])

    @pytest.mark.parametrize("media_type", ["", "application/octet-stream"])
    def test_a_form_whose_kind_is_not_declared_is_read_by_its_look(self, media_type: str):
        assert read_fields(b'{"message":"oi"}', media_type) == Fields([("message", "oi")])
        assert read_fields(b"message=oi&name=z", media_type) == Fields([("message", "oi"), ("name", "z")])

    def test_a_file_posted_alone_is_an_attachment(self):
        found = read_fields(b"%PDF-1.7\n\x00\x01", "application/pdf")
        assert [(file.media_type, file.content) for file in found.files] == [("application/pdf", b"%PDF-1.7\n\x00\x01")]
        assert found.defects


@settings(derandomize=True, max_examples=400)
@given(
    st.one_of(
        st.binary(max_size=300),
        st.lists(
            st.sampled_from(
                [
                    b"--" + BOUNDARY.encode(),
                    b"--",
                    b"\r\n",
                    b"\n",
                    b":",
                    b'form-data; name="a"',
                    b"=",
                    b"&",
                    b"{",
                    b'"',
                    b"\xff",
                    b"%",
                    b"Content-Disposition",
                ]
            ),
            max_size=40,
        ).map(b"".join),
    ),
    st.sampled_from(
        ["", MULTIPART, URLENCODED, "application/json", "text/plain; charset=utf-16", "multipart/form-data; boundary="]
    ),
)
def test_no_bytes_at_all_raise(body: bytes, media_type: str):
    found = read_fields(body, media_type)
    assert found.pairs or found.files or found.defects
