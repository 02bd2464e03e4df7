"""HTML made to be dear: it is read in little time and memory, and no word of it is lost."""

import resource
from time import process_time

import pytest

from ingest.email.html import html_to_text

_SECONDS = 8.0
"""A limit that tells linear from quadratic on a machine that does ten other things."""


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
        '<a ="' * 200_000,
        "<a <a" * 200_000,
        "<abbr>" + "<div><span>" * 60_000 + "</abbr>" * 60_000,
        "<style>" + "@media{" * 140_000 + "</style>",
        "<ul>" * 100_000 + "<li>" * 100_000,
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


def test_what_is_nested_five_thousand_deep_keeps_its_words_and_lines() -> None:
    text, defect = html_to_text(
        "<style>p{}</style>"
        + "<div>" * 5000
        + "Bom dia,<br>o poste &amp; a luz<p>apagaram <b>ontem</b>"
        + "</div>" * 5000
    )
    assert text == "Bom dia,\no poste & a luz\n\napagaram ontem"
    assert defect is None


def test_what_is_left_out_for_its_length_is_told() -> None:
    _, defect = html_to_text("<br>a" * 150_000)
    assert defect == "HTML: mais de 100000 comandos, o resto está no original"
    text, defect = html_to_text("<p>" + "a" * 2**21 + "</p><p>fim")
    assert text.startswith("aaa")
    assert defect == "HTML: mais de 2097152 caracteres, o resto está no original"


def test_a_picture_inside_the_markup_takes_none_of_the_words_room() -> None:
    picture = "<img src='data:image/png;base64," + "A" * 3_000_000 + "'>"
    assert html_to_text(f"<p>antes</p>{picture}<p>depois</p>") == ("antes\n\ndepois", None)


def test_bold_words_and_hidden_ones_are_read_as_before() -> None:
    html = '<p>isto é <b>muito</b> <font color="red">grave</font><font style="display:none">escondido</font></p>'
    assert html_to_text(html)[0] == "isto é muito grave"
