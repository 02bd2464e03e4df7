"""The rule book: rules as data, read from YAML, compiled once, known by the SHA-256 of what was read.

A rule says a label (`kind:complaint`, `flags:fraud`, `severity:high`, `difficulty:complex`, or `doubt` where it only
takes sureness away) when one of its phrases stands in the text. `with`, `unless` look at the same sentence, `anywhere`,
`never` at the whole message. A phrase that is denied ("não houve fraude") does not count unless the rule says
`asserted: false`. Each rule brings examples that it must find and counterexamples that it must not: tests read them.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Final

import yaml
from pydantic import Field, field_validator

from classifiers.index import Index
from classifiers.phrases import Phrase, PhraseError, compile_phrase
from ouvidor.config import Section, read_section
from ouvidor.errors import Misconfigured
from ouvidor.records import Difficulty, Flag, Kind, Severity

__all__ = ["AREAS_FILE", "DOUBT", "Rule", "RuleBook", "RuleSpec", "load"]

AREAS_FILE: Final = "areas.yaml"
DOUBT: Final = "doubt"
_WORD_OF_AREA: Final = 2.0
_HINT_OF_AREA: Final = 1.0
_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # written in C, where it was built so: ten times faster


class RuleSpec(Section):
    """A rule as it is written."""

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    says: tuple[str, ...] = Field(min_length=1)
    """Labels, `field:value`, or `doubt`."""
    because: str = Field(min_length=5)
    """What the customer says by these words: shown beside the evidence."""
    weight: float = Field(2, gt=0, le=6)
    """How much it speaks for a kind: 1 leans to it, 2 says it, 3 says it plainly."""
    any: tuple[str, ...] = Field(min_length=1)
    with_: tuple[str, ...] = Field((), alias="with")
    unless: tuple[str, ...] = ()
    anywhere: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    question: bool | None = None
    """True: only in a sentence that ends with a question mark; false: only in one that does not."""
    asserted: bool = True
    """True: does not count where it is denied."""
    firm: bool = True
    """False: of its flags a model behind the rules may say otherwise; its severity stands all the same."""
    examples: tuple[str, ...] = Field(min_length=1)
    counterexamples: tuple[str, ...] = ()

    @field_validator("says")
    @classmethod
    def _known_label(cls, says: tuple[str, ...]) -> tuple[str, ...]:
        known: dict[str, Iterable[str]] = {"kind": Kind, "severity": Severity, "difficulty": Difficulty, "flags": Flag}
        for label in says:
            field, _, value = label.partition(":")
            if label != DOUBT and (field not in known or value not in list(known[field])):
                raise ValueError(
                    f"{label!r} is no label: kind, severity, difficulty or flags, a colon, a value; or doubt"
                )
        return says


class _File(Section):
    rules: tuple[RuleSpec, ...] = ()


class _Area(Section):
    id: str = Field(pattern=r"^[a-z][a-z0-9-]*$")
    name: str
    words: tuple[str, ...] = Field(min_length=1)
    hints: tuple[str, ...] = ()


class _Areas(Section):
    areas: tuple[_Area, ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule, compiled: its phrases are numbers in the book's index."""

    spec: RuleSpec
    any: frozenset[int]
    with_: frozenset[int]
    unless: frozenset[int]
    anywhere: frozenset[int]
    never: frozenset[int]
    source: str
    """Who says so, and why."""
    labels: tuple[str, ...]
    """What it says, as evidence names it."""
    everywhere: bool
    """It looks at nothing else of the sentence."""


@dataclass(frozen=True, slots=True)
class RuleBook:
    """All rules, ready to be read with."""

    rules: tuple[Rule, ...]
    areas: Mapping[str, str]
    """Identifier and name."""
    area_phrases: Mapping[int, tuple[tuple[str, float], ...]]
    """Which phrase speaks for which areas, and how much."""
    by_phrase: Mapping[int, tuple[int, ...]]
    """Which rules have a phrase among their `any`."""
    index: Index
    leaning: frozenset[str]
    """Rules whose flags are not firm."""
    hash: str


class _Phrases:
    """Gives each different phrase one number."""

    def __init__(self) -> None:
        self.numbers: dict[str, int] = {}
        self.compiled: list[Phrase] = []

    def number(self, source: str, where: str) -> int:
        if source not in self.numbers:
            try:
                phrase = compile_phrase(source)
            except PhraseError as error:
                raise Misconfigured(f"{where}: {error}") from error
            self.numbers[source] = len(self.compiled)
            self.compiled.append(phrase)
        return self.numbers[source]


def load(directory: Traversable | None = None) -> RuleBook:
    """Read all `*.yaml` of a directory; not given: the rules of this package.

    Raises `Misconfigured` that names the file, the rule and the phrase.
    """
    where = directory if directory is not None else resources.files("classifiers") / "rules"
    files = sorted((file for file in where.iterdir() if file.name.endswith(".yaml")), key=lambda file: file.name)
    if AREAS_FILE not in {file.name for file in files}:
        raise Misconfigured(f"{where}: {AREAS_FILE} is missing: it names the subject areas")
    hashed, phrases = sha256(), _Phrases()
    rules: list[Rule] = []
    areas: tuple[_Area, ...] = ()
    for file in files:
        content = file.read_bytes()
        hashed.update(f"{file.name}\0{len(content)}\0".encode() + content)
        given = _parse(content, file.name)
        if file.name == AREAS_FILE:
            areas = read_section(_Areas, given, where=file.name).areas
        else:
            specs = read_section(_File, given, where=file.name).rules
            rules += [_compile(spec, phrases, f"{file.name}: rule {spec.id}") for spec in specs]
    if twice := [name for name, count in Counter(rule.spec.id for rule in rules).items() if count > 1]:
        raise Misconfigured(f"{where}: rule {twice[0]}: there is another rule of this name")
    by_phrase: dict[int, list[int]] = {}
    for place, rule in enumerate(rules):
        for number in rule.any:
            by_phrase.setdefault(number, []).append(place)
    area_phrases = _number_areas(areas, phrases)
    return RuleBook(
        rules=tuple(rules),
        areas={area.id: area.name for area in areas},
        area_phrases=area_phrases,
        by_phrase={number: tuple(places) for number, places in by_phrase.items()},
        index=Index(phrases.compiled),
        leaning=frozenset(rule.spec.id for rule in rules if not rule.spec.firm),
        hash=hashed.hexdigest(),
    )


def _number_areas(areas: Iterable[_Area], phrases: _Phrases) -> dict[int, tuple[tuple[str, float], ...]]:
    found: dict[int, list[tuple[str, float]]] = {}
    for area in areas:
        for sources, weight in ((area.words, _WORD_OF_AREA), (area.hints, _HINT_OF_AREA)):
            for source in sources:
                number = phrases.number(source, f"{AREAS_FILE}: {area.id}")
                found.setdefault(number, []).append((area.id, weight))
    return {number: tuple(said) for number, said in found.items()}


def _parse(content: bytes, name: str) -> object:
    try:
        return yaml.load(content, Loader=_LOADER)  # noqa: S506 - it is the safe one
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f" line {mark.line + 1}:" if mark else ""
        raise Misconfigured(f"{name}:{line} not YAML: {getattr(error, 'problem', None) or error}") from error


def _compile(spec: RuleSpec, phrases: _Phrases, where: str) -> Rule:
    def numbers(sources: tuple[str, ...]) -> frozenset[int]:
        return frozenset(phrases.number(source, where) for source in sources)

    return Rule(
        spec=spec,
        any=numbers(spec.any),
        with_=numbers(spec.with_),
        unless=numbers(spec.unless),
        anywhere=numbers(spec.anywhere),
        never=numbers(spec.never),
        source=f"{spec.id}: {spec.because}",
        labels=tuple("sure:false" if label == DOUBT else label for label in spec.says),
        everywhere=not spec.with_ and not spec.unless and spec.question is None,
    )
