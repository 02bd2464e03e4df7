"""How much of what identifies a person is masked, and how much is masked that should not be: by kind, and how fast.

python -m benchmarks.masking [first|later|apart|more|fresh|found|others]... [--errors] [--peers] [--speed]

The messages (`tests/ouvidor/masking/`, 929, written one by one, invented people, documents with right check digits) are
labelled by reading, as the extract should have them: what is kept (a defect's place, staff) has no label or `AGENTE`.
Rules were tuned on `first`, `later`, `apart` (once kept apart, looked at since) and `more`. Kept apart are `fresh`,
written before the rules that it measures, and `found`: 110 drawn by lot of the messages that other hands wrote for the
classifier (`classifiers/data/apart`), where hardly anybody names anybody. `others` are 279 more of these, in which
something might stand (capitals inside a sentence, numbers, a short last line); its first figure was taken before it was
looked at, then towns were mended with it.

Found is what masks cover whole; precision counts the masks that touch nothing labelled. `either` may be masked or not.
"""

import argparse
import json
import math
import statistics
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ouvidor.masking import Found, Kind, Known, find, mask
from ouvidor.masking.lexicon import CONNECTORS, RELATIONS, ROLES, TITLES
from ouvidor.masking.reading import fold

DATA = Path(__file__).parents[1] / "tests" / "ouvidor" / "masking"
SETS = ("first", "later", "apart", "more", "fresh", "found", "others")
Finder = Callable[["Sample"], list[Found]]


@dataclass(frozen=True, slots=True)
class Sample:
    """A labelled message."""

    id: str
    text: str
    spans: tuple[Found, ...]
    either: tuple[tuple[int, int], ...]
    known: Known


@dataclass(slots=True)
class Score:
    """What was there, found (by the right kind too), masked in all, and masked without need."""

    there: Counter[Kind] = field(default_factory=Counter)
    found: Counter[Kind] = field(default_factory=Counter)
    right: Counter[Kind] = field(default_factory=Counter)
    masked: Counter[Kind] = field(default_factory=Counter)
    needless: Counter[Kind] = field(default_factory=Counter)
    errors: list[str] = field(default_factory=list)

    def recall(self, kinds: Iterable[Kind]) -> float:
        """Give the share of what is there that was masked."""
        return _share(self.found, self.there, list(kinds))

    def precision(self, kinds: Iterable[Kind]) -> float:
        """Give the share of masks that mask something that identifies."""
        wanted = list(kinds)
        return 1 - _share(self.needless, self.masked, wanted) if sum(self.masked[kind] for kind in wanted) else 1.0


def _share(part: Counter[Kind], whole: Counter[Kind], kinds: Sequence[Kind]) -> float:
    total = sum(whole[kind] for kind in kinds)
    return sum(part[kind] for kind in kinds) / total if total else 1.0


def samples(name: str) -> list[Sample]:
    """Read a set."""
    return [_sample(json.loads(line)) for line in (DATA / f"{name}.ndjson").read_text("utf-8").splitlines()]


def _sample(row: dict) -> Sample:  # type: ignore[type-arg]
    author = row.get("author") or {}
    text = row["text"]
    labelled = [(each["start"], each["end"], each) for each in row["spans"]]
    return Sample(
        id=row["id"],
        text=text,
        spans=tuple(Found(s, e, Kind(each["kind"]), text[s:e]) for s, e, each in labelled if "either" not in each),
        either=tuple((s, e) for s, e, each in labelled if "either" in each),
        known=Known(tuple(filter(None, [author.get("name")])), tuple(filter(None, [author.get("address")]))),
    )


def ours(sample: Sample) -> list[Found]:
    """Find with what Ouvidor has."""
    return find(sample.text, sample.known)


IDENTIFIERS = frozenset(Kind) - {Kind.NAME, Kind.STAFF, Kind.ADDRESS}


OF_TARJA = frozenset(
    {Kind.CPF, Kind.CNPJ, Kind.CNS, Kind.PIS, Kind.CNH, Kind.VOTER, Kind.PLATE, Kind.PHONE, Kind.CEP, Kind.CARD}
)
"""What `tarja` says that it finds."""


def tarja(sample: Sample) -> list[Found]:
    """Find with `tarja`; whatever it calls what it finds, it would mask it."""
    import tarja as library

    return [Found(each.start, each.end, Kind.NUMBER, each.value) for each in library.find(sample.text)]


def phones(sample: Sample) -> list[Found]:
    """Find with `phonenumbers`, in Brazil."""
    import phonenumbers

    found = phonenumbers.PhoneNumberMatcher(sample.text, "BR")
    return [Found(each.start, each.end, Kind.PHONE, each.raw_string) for each in found]


def peers(names: Sequence[str]) -> None:
    """Print what the libraries find of what they look for, beside ours."""
    for who, finder, kinds in (
        ("ours", ours, IDENTIFIERS),
        ("tarja", tarja, IDENTIFIERS),
        ("ours, its", ours, OF_TARJA),
        ("tarja, its", tarja, OF_TARJA),
        ("ours, phones", ours, frozenset({Kind.PHONE})),
        ("phonenumbers", phones, frozenset({Kind.PHONE})),
    ):
        there = found = masks = needless = 0
        began = time.process_time()
        for name in names:
            result = score(samples(name), finder)
            there += sum(result.there[kind] for kind in kinds)
            found += sum(result.found[kind] for kind in kinds)
            masks += sum(result.masked[kind] for kind in kinds)
            needless += sum(result.needless[kind] for kind in kinds)
        spent = time.process_time() - began
        print(f"{who:14} {found} of {there} found, {needless} of {masks} masks without need, {spent:.1f} s")


def score(given: Iterable[Sample], finder: Finder = ours) -> Score:
    """Score a finder as the extract uses it: staff is spared, so who is taken for staff is shown."""
    result = Score()
    for sample in given:
        everything = finder(sample)
        masks = [each for each in everything if each.kind is not Kind.STAFF]
        for gold in sample.spans:
            looked = everything if gold.kind is Kind.STAFF else masks
            covered = _covered(gold, looked, sample.text)
            result.there[gold.kind] += 1
            result.found[gold.kind] += covered
            result.right[gold.kind] += covered and any(each.kind is gold.kind and _touch(each, gold) for each in looked)
            if not covered:
                result.errors.append(f"{sample.id}: {gold.kind} not found: {gold.key!r}")
        personal = [gold for gold in sample.spans if gold.kind is not Kind.STAFF]
        for each in masks:
            result.masked[each.kind] += 1
            if not any(_touch(each, gold) for gold in personal) and not any(
                s < each.end and each.start < e for s, e in sample.either
            ):
                result.needless[each.kind] += 1
                result.errors.append(f"{sample.id}: {each.kind} without need: {sample.text[each.start : each.end]!r}")
    return result


def _touch(one: Found, other: Found) -> bool:
    return one.start < other.end and other.start < one.end


def _covered(gold: Found, masks: Iterable[Found], text: str) -> bool:
    """Is every letter and digit of it masked? A title that stays ("Sr.") tells nobody apart."""
    hidden = {place for each in masks for place in range(each.start, each.end)}
    open_words = "".join(text[at] if at not in hidden else " " for at in range(gold.start, gold.end)).split()
    return not any(
        any(map(str.isalnum, word)) and fold(word).strip(".,()") not in _TELLING_NOBODY for word in open_words
    )


_TELLING_NOBODY = (
    TITLES
    | ROLES
    | RELATIONS
    | CONNECTORS
    | {"nº", "ag", "agencia", "conta", "familia", "ssp", "ssp/go", "ssp/mg", "cabo", "r1"}
)


def show(name: str, result: Score) -> None:
    """Print a table."""
    print(f"\n{name}: kind, there, recall, by the right kind, masks, precision")
    for kind in Kind:
        if result.there[kind] or result.masked[kind]:
            right = result.right[kind] / result.there[kind] if result.there[kind] else 1.0
            there, masks = result.there[kind], result.masked[kind]
            recall, precision = result.recall([kind]), result.precision([kind])
            print(f"  {kind:20} {there:4} {recall:7.3f} {right:7.3f} {masks:4} {precision:7.3f}")
    personal = [kind for kind in Kind if kind is not Kind.STAFF]
    there, masks = sum(result.there[kind] for kind in personal), sum(result.masked[kind] for kind in personal)
    recall, precision = result.recall(personal), result.precision(personal)
    print(
        f"  {'all but AGENTE':20} {there:4} {recall:7.3f} {_within(recall, there)} {masks:4} "
        f"{precision:7.3f} {_within(precision, masks)}"
    )


def _within(share: float, count: int) -> str:
    """Give Wilson's interval of a share, 95 %."""
    if not count:
        return "(-)"
    z = 1.96
    middle = (share + z * z / (2 * count)) / (1 + z * z / count)
    half = z * math.sqrt(share * (1 - share) / count + z * z / (4 * count * count)) / (1 + z * z / count)
    return f"({middle - half:.3f} to {middle + half:.3f})"


def speed() -> None:
    """Print how many messages of 60 words one core masks in a second."""
    texts = [each.text for name in SETS if (DATA / f"{name}.ndjson").exists() for each in samples(name)]
    joined = " ".join(texts).split()
    cut = [" ".join(joined[at : at + 60]) for at in range(0, len(joined) - 60, 60)]
    rates = []
    for _ in range(7):
        began = time.process_time()
        for text in cut:
            mask(text)
        rates.append(len(cut) / (time.process_time() - began))
    middle, least, most = statistics.median(rates), min(rates), max(rates)
    print(f"\n{len(cut)} messages of 60 words: {middle:,.0f} a second on one core ({least:,.0f} to {most:,.0f})")


def main() -> None:
    """Print what was asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.masking", description=__doc__)
    parser.add_argument("sets", nargs="*", default=[name for name in SETS if (DATA / f"{name}.ndjson").exists()])
    parser.add_argument("--errors", action="store_true")
    parser.add_argument("--peers", action="store_true", help="what tarja and phonenumbers find")
    parser.add_argument("--speed", action="store_true")
    given = parser.parse_args()
    if given.peers:
        peers(given.sets)
        return
    for name in given.sets:
        result = score(samples(name))
        show(name, result)
        if given.errors:
            print("\n".join(f"    {error}" for error in result.errors))
    if given.speed:
        speed()


if __name__ == "__main__":
    main()
