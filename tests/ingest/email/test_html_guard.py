"""HTML made to be dear: it is read in little time and memory, and no word of it is lost."""

import resource
from time import process_time

import pytest

from ingest.email.html import html_to_text

_SECONDS = 8.0


@pytest.mark.parametrize(
    "html",
    [
        "<p>" + "".join(f"<font a{each}>" for each in range(2000)) + "</p>" + "<p>x</p>" * 2000,
        "<p " + "".join(f"a{each}=1 " for each in range(100_000)) + ">oi</p>",
        "".join(f"<font a{each}>" for each in range(100_000)),
        "<b><i><a>" * 50_000,
        "<table><tr><td><form><div>" * 50_000,
        "<div>" * 100_000 + "<p>a" * 100_000,
        "<div><table><td></div></table>" * 17_000 + "<p>a" * 120_000,
        "<" * 1_000_000,
        "<!--" * 250_000,
        "<script>" * 100_000,
        "<style>a</style>" * 60_000,
        "<img src='data:image/png;base64," + "A" * 5_000_000 + "'>",
        "&" * 1_000_000,
        "<blockquote>" * 80_000,
    ],
    ids=lambda html: html[:20].replace("<", "(").replace(">", ")"),
)
def test_no_html_is_dear_to_read(html: str) -> None:
    begun = process_time()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    text, _ = html_to_text("<p>Quero meu dinheiro de volta.</p>" + html)
    assert process_time() - begun < _SECONDS
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 400 * 1024
    assert "Quero meu dinheiro de volta." in text


def test_what_is_nested_too_deep_keeps_its_words_and_lines() -> None:
    text, defect = html_to_text(
        "<style>p{}</style>" + "<div>" * 1000 + "Bom dia,<br>o poste &amp; a luz<p>apagaram <b>ontem</b>"
    )
    assert text == "Bom dia,\no poste & a luz\napagaram ontem"
    assert defect == "HTML aninhado demais: só as palavras, sem a forma"


def test_a_picture_inside_the_markup_takes_none_of_the_words_room() -> None:
    picture = "<img src='data:image/png;base64," + "A" * 3_000_000 + "'>"
    assert html_to_text(f"<p>antes</p>{picture}<p>depois</p>") == ("antes\n\ndepois", None)


def test_bold_words_and_hidden_ones_are_read_as_before() -> None:
    html = '<p>isto é <b>muito</b> <font color="red">grave</font><font style="display:none">escondido</font></p>'
    assert html_to_text(html)[0] == "isto é muito grave"
