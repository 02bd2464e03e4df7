"""The corpus's figures at the end of a run: what passes, by group."""

from collections import Counter

import pytest

_CORPUS = "test_corpus.py::test_each_awkward_mail_is_read_as_expected["


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print a table of what passes by group, where the corpus ran."""
    told: dict[str, Counter[str]] = {}
    for outcome in ("passed", "failed", "error"):
        for report in terminalreporter.stats.get(outcome, []):
            _, found, name = getattr(report, "nodeid", "").partition(_CORPUS)
            if found:
                told.setdefault(name.partition("-")[0], Counter())[outcome] += 1
    if told:
        terminalreporter.section("mails of tests/corpus/email, by group")
        for group, counts in sorted(told.items()):
            terminalreporter.write_line(f"{group:<12}{counts['passed']:>5} of {counts.total():>4}")
        passed, total = sum(each["passed"] for each in told.values()), sum(each.total() for each in told.values())
        terminalreporter.write_line(f"{'all':<12}{passed:>5} of {total:>4}")
