"""HTML beside a plain text is read only where it may say much more: the bound that tells so is never too low."""

import pytest

from ingest.email.at_most import letters_at_most
from ingest.email.content import Content, letters
from ingest.email.html import html_to_text
from ingest.email.structure import read_structure
from tests.ingest.email.corpus import cases, heard

_PAGES = [
    part.content()[0].decode("utf-8", "replace")
    for case in cases()
    for part in read_structure(case.mail)[0].walk()
    if part.media_type == "text/html"
]


def test_no_page_of_the_corpus_says_more_than_the_bound() -> None:
    assert len(_PAGES) > 50
    assert [page[:200] for page in _PAGES if Content([html_to_text(page)[0]]).says() > letters_at_most(page)] == []


@pytest.mark.parametrize(
    "page",
    [
        "<ol start=99990><li>a<li>b<li>c</ol>",
        '<img alt="O poste apagado da minha rua" src="cid:1">',
        '<a href="mailto:ouvidoria@casa.test">x</a>',
        "<p title='<!--'>A rua está escura <!-- nada --></p>",
        "<p>á &eacute; &#x61; ½",
        "<b <b <b>A rua",
    ],
)
def test_what_attributes_give_counts_too(page: str) -> None:
    said = html_to_text(page)[0]
    assert said
    assert letters(said) <= letters_at_most(page)


def test_a_bound_is_not_far_above_what_a_page_of_words_says() -> None:
    page = "<html><head><style>p { margin: 0 }</style></head><body><p class=x>A rua está escura.</p></body></html>"
    assert letters_at_most(page) == letters("A rua está escura.")


def _mail(plain: str, page: str) -> bytes:
    return (
        "From: ana@casa.test\r\nMIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary=b\r\n\r\n"
        f"--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{plain}\r\n"
        f"--b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n{page}\r\n--b--\r\n"
    ).encode()


def test_a_page_that_says_much_more_than_its_plain_text_is_still_read() -> None:
    said = "A rua inteira está escura há um mês. "
    assert heard(_mail("Veja em HTML.", f"<p>{said * 20}</p>")).body.startswith(said.strip())
    assert "O fim" not in heard(_mail(said * 20, f"<p>{said * 20} O fim.</p>")).body


@pytest.mark.parametrize("text", ["", "A rua, 12.", "Está_escura — há 1 mês…", "道路很暗。", "٣ ½ ª _ \u0301"])
def test_letters_are_counted_as_python_tells_them(text: str) -> None:
    assert letters(text) == sum(map(str.isalnum, text))
