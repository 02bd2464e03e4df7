"""Mail, side by side with the libraries that others read it with, on `tests/corpus/email`; Markdown tables on stdout.

python -m benchmarks.mails [reading] [cutting] [bounces] [time]

The corpus is ours: ours was written until it passed. What a peer does not promise (text of HTML, a disclaimer's end)
counts against it here all the same, so read the columns, not the sum. Each question is asked in a process of its own,
that is ended after some seconds: several peers need minutes for a hostile text.
"""

import argparse
import json
import logging
import multiprocessing
import re
import sys
import time
import warnings
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

from benchmarks.mail_peers import BOUNCES, CUTTERS, READERS, heard, installed

CORPUS = Path(__file__).parents[1] / "tests" / "corpus" / "email"
SECONDS = 30.0
HOSTILE = {
    "an ordinary answer of 10 kB": "A rua está escura.\n\nEm 16/11/2026 09:30, Ana escreveu:\n"
    + "> Prezada Ana,\n" * 700,
    "quoted lines, 1 MB": "> a\n" * 250_000,
    "dates and colons, 1 MB": "Em 3/4/2025 10:00 a:\n" * 47_000,
    "English dates, 1 MB": "On a 2025 b\n" * 83_000,
    "delimiters, 1 MB": "-- \n" * 250_000,
    "labels, 1 MB": "De: x\n" * 166_000,
    "lines of one letter, 1 MB": "a\n" * 500_000,
    "rulers of 250 dashes, 1 MB": ("-" * 250 + "\n") * 4_000,
    "spaces, 100 kB": " " * 100_000 + "x",
}
WORD = re.compile(r"\w+")
Case = tuple[str, bytes, dict[str, Any]]


def corpus() -> list[Case]:
    """Give the corpus: name, mail, what is expected."""
    return [
        (path.stem, path.read_bytes(), json.loads(path.with_suffix(".json").read_text(encoding="utf-8")))
        for path in sorted(CORPUS.glob("*.eml"))
    ]


def holds(text: str, words: str) -> bool:
    """See that the words stand in the text, in their order: how a reader lays them out is its own affair."""
    each = iter(WORD.findall(text))
    return all(word in each for word in WORD.findall(words))


def reading(cases: list[Case]) -> None:
    """Compare readers, group by group: subject, author, date, files' names, and the words."""
    groups = ["charset", "header", "structure", "file"]
    rows = {"group": ["mails", *(name for its in READERS if (name := installed(its)))]}
    for group in groups:
        mails = [case for case in cases if case[0].startswith(f"{group}-")]
        rows[group] = [str(len(mails))]
        for its in filter(installed, READERS):
            rows[group].append(str(sum(_is_read(READERS[its], case) for case in mails)))
    table(rows)


def _is_read(ask: Callable[[bytes], Any], case: Case) -> bool:
    _, mail, expected = case
    try:
        found = ask(mail)
    except Exception:  # noqa: BLE001 - a crash is an answer here
        return False
    told = {
        "subject": found.subject,
        "author_address": found.author,
        "sent_at": found.sent_at and found.sent_at.astimezone().timestamp(),
        "files": found.files,
    }
    for field, wanted in expected.items():
        if field == "text" and not holds(found.text, wanted):
            return False
        if field == "sent_at":
            wanted = wanted and datetime.fromisoformat(wanted).timestamp()  # noqa: PLW2901
        if field == "files":
            wanted = [file[0] for file in wanted]  # noqa: PLW2901
        if field in told and told[field] != wanted:
            return False
    return True


def cutting(cases: list[Case]) -> None:
    """Compare what cutters leave of the bodies, all as our reader gives them."""
    mails = [
        (name, found.body, found.subject, expected)
        for name, mail, expected in cases
        if name.startswith("own-") and (found := heard(mail)).body and "forward" not in name
    ]
    rows = {"": ["exactly the own words", "some of them lost", "something else left in"]}
    for its in filter(installed, CUTTERS):
        exact = lost = left = 0
        for _, body, subject, expected in mails:
            text = CUTTERS[its](body, subject)
            lines = _lines(text)
            wanted = _lines(expected["text"]) if "text" in expected else None
            missing = [
                part for part in wanted or expected.get("text_has", ()) if part not in (lines if wanted else text)
            ]
            extra = (
                [line for line in lines if line not in wanted]
                if wanted
                else [part for part in expected.get("text_hasnt", ()) if part in text]
            )
            exact += not missing and not extra
            lost += bool(missing)
            left += bool(extra)
        rows[installed(its) or its] = [f"{exact} of {len(mails)}", str(lost), str(left)]
    table(rows)


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.split("\n") if line.strip()]


def bounces(cases: list[Case]) -> None:
    """Compare who knows a bounce, and who takes something else for one."""
    is_one = {name: (expected.get("automatic") or {}).get("kind") in {"bounce", "delay"} for name, _, expected in cases}
    rows = {"": ["bounces and delays with their addresses", "false alarms", "crashes"]}
    for its in filter(installed, BOUNCES):
        right = false = crashes = 0
        for name, mail, expected in cases:
            try:
                told = BOUNCES[its](mail)
            except Exception:  # noqa: BLE001 - a crash is an answer here
                crashes += 1
                continue
            if is_one[name]:
                automatic = expected["automatic"]
                right += told == (automatic["kind"], set(automatic.get("recipients", ())))
            else:
                false += told is not None
        ones = sum(is_one.values())
        rows[installed(its) or its] = [f"{right} of {ones}", f"{false} of {len(cases) - ones}", str(crashes)]
    table(rows)


def times() -> None:
    """Tell how long each cutter takes for texts that make careless ones slow."""
    names = [its for its in CUTTERS if installed(its)]
    rows = {"seconds": [installed(its) or its for its in names]}
    for name, text in HOSTILE.items():
        rows[name] = [_seconds(its, text) for its in names]
    table(rows)


def _seconds(its: str, text: str) -> str:
    told: multiprocessing.Queue[float] = multiprocessing.Queue()
    process = multiprocessing.Process(target=_measure, args=(its, text, told))
    process.start()
    process.join(SECONDS)
    if process.is_alive():
        process.kill()
        process.join()
        return f"> {SECONDS:.0f}"
    return f"{told.get():.3f}" if process.exitcode == 0 else "crash"


def _measure(its: str, text: str, told: "multiprocessing.Queue[float]") -> None:
    CUTTERS[its]("warm", None)
    began = time.process_time()
    CUTTERS[its](text, None)
    told.put(time.process_time() - began)


def table(rows: dict[str, Iterable[str]]) -> None:
    """Print a Markdown table."""
    for number, (name, cells) in enumerate(rows.items()):
        print(f"| {' | '.join([name, *cells])} |")
        if number == 0:
            print("|" + " --- |" * (len(list(cells)) + 1))
    print()


def main() -> None:
    """Run what was asked for; everything, if nothing was."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.mails", description=__doc__)
    parser.add_argument("which", nargs="*", help="reading, cutting, bounces, time; all if none is named")
    which = parser.parse_args().which or ["reading", "cutting", "bounces", "time"]
    warnings.simplefilter("ignore")
    logging.disable()  # peers tell of their crashes by it; the tables count them
    missing = [its for its in {**READERS, **CUTTERS, **BOUNCES} if installed(its) is None]
    if missing:
        print(f"not installed, so left out: {', '.join(missing)} (pip install --group peers)", file=sys.stderr)
    cases = corpus()
    for name, compare in (("reading", reading), ("cutting", cutting), ("bounces", bounces)):
        if name in which:
            compare(cases)
    if "time" in which:
        times()


if __name__ == "__main__":
    main()
