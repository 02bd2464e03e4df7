"""The page has a meaning in Portuguese for all, can be used without eyes or mouse, and escapes what a house says."""

import re
from html.parser import HTMLParser
from importlib.resources import files
from typing import Any

import pytest
import yaml

from ouvidor.asyncapi import document
from ouvidor.asyncapi.house import any_house
from ouvidor.asyncapi.page import HEADERS, page_of
from ouvidor.asyncapi.words import VALUES, meaning, spoken
from ouvidor.departments import DepartmentWords
from tests.ouvidor.asyncapi.houses import house

HOUSE = house()
WHOLE = document(HOUSE)
SCHEMAS = WHOLE["components"]["schemas"]


class Read(HTMLParser):
    """What a browser would make of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.named: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.levels: list[int] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag != "meta":
            self.open.append(tag)
        if identity := given.get("id"):
            self.ids.append(identity)
        if tag == "a" and (link := given.get("href")):
            self.links.append(link)
        if re.fullmatch("h[1-6]", tag):
            self.levels.append(int(tag[1]))
        self.named.append((tag, given))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, f"{tag} is closed where another is open"


def test_every_field_has_a_meaning_in_portuguese():
    fields = [(name, field) for name, schema in SCHEMAS.items() for field in schema.get("properties", ())]
    assert len(fields) > 200
    assert [each for each in fields if not meaning(*each)] == []


def test_every_channel_and_message_has_words_in_portuguese():
    assert [name for name in WHOLE["channels"] if not spoken("channels", name.partition(".")[0])] == []
    assert [name for name in WHOLE["components"]["messages"] if not spoken("messages", name)] == []
    for name, words in VALUES.items():
        schema = SCHEMAS[name]
        assert set(schema.get("enum") or schema["x-extensible-enum"]) == set(words)


def test_no_meaning_is_said_twice():
    text = (files("ouvidor.asyncapi") / "portuguese.yaml").read_text(encoding="utf-8")

    def look(node: yaml.Node) -> None:
        if isinstance(node, yaml.MappingNode):
            names = [key.value for key, _ in node.value]
            assert len(names) == len(set(names)), names
            for _, inner in node.value:
                look(inner)

    look(yaml.compose(text, Loader=yaml.SafeLoader))


@pytest.mark.parametrize("department", [None, "saude"])
def test_the_page_is_well_formed_and_every_link_leads_somewhere(department: str | None):
    read = Read(page_of(document(HOUSE, department), HOUSE, department, served=True))
    assert read.open == []
    assert len(read.ids) == len(set(read.ids))
    inner = {link[1:] for link in read.links if link.startswith("#")}
    assert inner <= set(read.ids)
    outer = {link for link in read.links if not link.startswith("#")}
    names = {f"asyncapi/{each.name}" for each in HOUSE.departments or ()}
    assert outer == ({"asyncapi.json"} | names if department is None else {"saude.json", "../asyncapi"})


def test_the_page_can_be_used_without_eyes_and_without_a_mouse():
    read = Read(page_of(document(HOUSE, "saude"), HOUSE, "saude"))
    assert ("html", {"lang": "pt-BR"}) in read.named
    assert read.levels[0] == 1
    assert read.levels.count(1) == 1
    assert all(after - before <= 1 for before, after in zip(read.levels, read.levels[1:], strict=False))
    for tag, given in read.named:
        if tag == "pre":  # it scrolls
            assert given["tabindex"] == "0"
            assert given["aria-label"]
    assert read.links[0] == "#conteudo"


def test_the_page_asks_for_nothing_and_its_style_is_allowed():
    page = page_of(WHOLE, HOUSE, served=True)
    read = Read(page)
    assert not {"script", "link", "img", "iframe", "form"} & {tag for tag, _ in read.named}
    assert "://" not in "".join(read.links)
    assert not [given for _, given in read.named if "style" in given]
    assert "url(" not in page
    assert "default-src 'none'" in HEADERS["Content-Security-Policy"]


def test_what_a_house_says_of_itself_is_escaped():
    evil = '"><script>alert(1)</script>'
    words: Any = DepartmentWords("saude", evil, evil, (), ())
    told = house(organisation={"name": evil}, kafka={"bootstrap": "k:9092"})
    object.__setattr__(told, "departments", (words,))
    for department in (None, "saude"):
        page = page_of(document(told, department), told, department, served=True)
        assert "<script" not in page
        assert page.count("&lt;script&gt;") >= 2


def test_a_page_for_a_file_has_no_link_to_what_is_not_beside_it():
    read = Read(page_of(document(any_house()), any_house()))
    assert all(link.startswith("#") for link in read.links)


def test_a_department_finds_its_topic_an_example_and_how_to_answer():
    page = page_of(document(HOUSE, "saude"), HOUSE, "saude")
    for words in (
        "ouvidor.department.saude",
        "isolation.level=read_committed",
        "ouvidor.reply.hand-back.v1",
        "curl http://127.0.0.1:8090/v1/replies",
        "<code>complaint</code> reclamação",
        "podem vir outras no futuro",
    ):
        assert words in page, words
