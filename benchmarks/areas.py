"""Does a message come to the department whose it is? By whole routing tables of houses (`tests/classifiers/areas`).

`python -m benchmarks.areas [--model DIR]` prints two tables. Houses whose areas the model knows: the messages kept
apart, right where the area that was said and the labelled one have the same department. Houses whose areas are new:
messages that one reader gave to departments (`departments.ndjson`; several where several would do) without a look at
any verdict; of these only those kept apart are new to the model's words as well.
"""

import argparse
import json
import time
from collections.abc import Sequence
from pathlib import Path

from classifiers.areas.measuring import by_table
from classifiers.areas.table import departments_of
from classifiers.examples import Example, own_examples
from classifiers.judge import Judged
from classifiers.measurement import complete
from classifiers.rulebook import load
from classifiers.seats import cascade
from ouvidor.departments import DepartmentWords
from ouvidor.settings import Settings

_HERE = Path(__file__).parent.parent / "tests" / "classifiers" / "areas"
_KNOWN = {
    "prefeitura": ("camara-municipal", "municipio-ma"),
    "concessionaria": ("agua-estadual", "energia-ce"),
    "loja": ("loja-reviews", "fabricante", "app-reviews"),
    "": (),
}
_NEW = ("banco", "plano", "universidade")


def _table(name: str) -> tuple[DepartmentWords, ...]:
    return departments_of(Settings(), _HERE / "tables" / f"{name}.yaml" if name else None)


def _known(model: Path | None, apart: Sequence[Example]) -> None:
    book = load()
    print(
        f"{'areas that are known':<24}{'messages':>9}{'without':>9}{'with table':>12}{'decided':>9}{'right there':>13}"
    )
    for name, houses in _KNOWN.items():
        departments = _table(name)
        rows = complete([one for one in apart if not houses or one.id.rpartition("-")[0] in houses], book)
        found = [
            by_table(rows, [judging.judge(Judged(row.text)) for row in rows], departments)
            for judging in (cascade(model, book), cascade(model, book, departments))
        ]
        print(
            f"{name or '(the default table)':<24}{len(rows):>9}{found[0]['department_accuracy']:>9.3f}"
            f"{found[1]['department_accuracy']:>12.3f}{found[1]['departments_decided']:>9.2f}"
            f"{found[1]['department_accuracy_there']:>13.3f}"
        )


def _new(model: Path | None, texts: dict[str, str], apart: set[str]) -> None:
    lines = [json.loads(line) for line in (_HERE / "departments.ndjson").read_text(encoding="utf-8").splitlines()]
    print(f"\n{'areas that are new':<24}{'messages':>9}{'right':>9}{'kept apart':>12}{'right':>9}")
    for name in _NEW:
        departments = _table(name)
        owners = {area: one.name for one in departments for area in one.areas}
        judging = cascade(model, None, departments)
        right = {
            one["message"]: owners.get(
                judging.judge(Judged(texts[one["message"]])).area or "", departments[0].name
            )  # the tables' default department stands first
            in one["departments"]
            for one in lines
            if one["table"] == name
        }
        strange = [on for message, on in right.items() if message in apart]
        share = f"{sum(strange) / len(strange):.3f}" if strange else "-"
        print(f"{name:<24}{len(right):>9}{sum(right.values()) / len(right):>9.3f}{len(strange):>12}{share:>9}")


def _speed(model: Path | None, texts: Sequence[str]) -> None:
    said = [Judged(text) for text in texts]
    print()
    contestants = {"without a table": cascade(model), "prefeitura": cascade(model, None, _table("prefeitura"))}
    best = dict.fromkeys(contestants, float("inf"))
    for _ in range(5):
        for name, judging in contestants.items():
            began = time.process_time()
            for one in said:
                judging.judge(one)
            best[name] = min(best[name], time.process_time() - began)
    for name, seconds in best.items():
        print(f"messages a second, {name}: {len(said) / seconds:.0f}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path)
    given = parser.parse_args().model
    kept = own_examples("apart")
    _known(given, kept)
    everything = {one.id: one.text for one in [*own_examples("train", "scarce"), *kept]}
    _new(given, everything, {one.id for one in kept})
    _speed(given, [one.text for one in kept])
