"""Awkward mails, written byte by byte, are read as a person would read them (`tests/corpus/email`)."""

from collections import Counter

import pytest

from tests.ingest.email.corpus import Case, cases, differences, heard

CASES = cases()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_each_awkward_mail_is_read_as_expected(case: Case):
    assert list(differences(case)) == []


def test_none_of_the_peoples_mails_is_taken_for_a_machines():
    peoples = [case for case in CASES if case.expected.get("automatic") is None]
    assert [case.name for case in peoples if heard(case.mail).automatic is not None] == []


def test_the_corpus_covers_each_group():
    groups = Counter(case.name.partition("-")[0] for case in CASES)
    assert set(groups) >= {"charset", "header", "structure", "html", "file", "signed", "calendar", "tnef", "msg"}
    assert set(groups) >= {"own", "automatic", "protocol", "thread"}
    assert min(groups.values()) >= 5
    assert len(CASES) >= 400
