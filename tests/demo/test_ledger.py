"""The demo's books: they find what is missing, what is doubled, and what nobody sent."""

from typing import Any

from ouvidor.demo.ledger import Ledger
from ouvidor.demo.sample import Sample
from ouvidor.topics import Topics

TOPICS = Topics("t.")
ANA = Sample("DEMO-0001", "imap", "plain", "Ana", "ana@casa.test", "A rua está escura.")
RUI = Sample("DEMO-0002", "form", "json", "Rui", "rui@casa.test", "Quero um elogio fazer.")


def _event(sample: Sample, owner: str = "saude", ombudsman: bool = False) -> dict[str, Any]:
    return {
        "message": {"text": sample.words, "body": sample.words},
        "verdict": {"sure": True},
        "dispatch": {"owner": owner, "ombudsman": ombudsman},
    }


def _ledger() -> Ledger:
    ledger = Ledger([ANA, RUI], TOPICS)
    ledger.send(ANA.ref, 10.0)
    ledger.send(RUI.ref, 11.0)
    return ledger


def _all_arrived() -> Ledger:
    ledger = _ledger()
    ledger.see("t.department.saude", _event(ANA), 12.0)
    ledger.see("t.department.vias", _event(RUI, "vias"), 13.0)
    return ledger


def test_all_is_good_when_each_is_once_with_its_owner() -> None:
    ledger = _all_arrived()
    assert ledger.complete
    assert ledger.verdict().good
    assert ledger.departments == {"saude": 1, "vias": 1}


def test_a_copy_for_who_is_only_informed_is_no_arrival() -> None:
    ledger = _ledger()
    ledger.see("t.department.vias", _event(ANA), 12.0)
    assert not ledger.complete
    assert ledger.verdict().missing[0] == "DEMO-0001 (mail, plain): sent, but not received"


def test_what_is_missing_is_named_with_the_place_where_it_was_last_seen() -> None:
    ledger = _ledger()
    ledger.see("t.inbound.email", _event(ANA)["message"], 12.0)
    assert ledger.verdict().missing[0].endswith("received, but not judged")
    ledger.see("t.classified", _event(ANA), 13.0)
    assert ledger.verdict().missing[0].endswith("judged, but in no department's topic")


def test_one_that_was_never_sent_is_missing_too() -> None:
    assert Ledger([ANA], TOPICS).verdict().missing == ("DEMO-0001 (mail, plain): not even sent",)


def test_a_double_is_found_in_one_topic_and_over_two() -> None:
    ledger = _all_arrived()
    ledger.see("t.department.saude", _event(ANA), 14.0)
    ledger.see("t.department.obras", _event(RUI, "obras"), 14.0)
    assert ledger.verdict().doubled == ("DEMO-0001: saude, saude", "DEMO-0002: vias, obras")


def test_a_double_in_the_ombudsmans_queue_or_of_a_copy_is_found() -> None:
    ledger = _ledger()
    ledger.see("t.department.saude", _event(ANA, ombudsman=True), 12.0)
    ledger.see("t.department.vias", _event(RUI, "vias"), 13.0)
    for _ in range(2):
        ledger.see("t.ombudsman", _event(ANA, ombudsman=True), 13.0)
        ledger.see("t.department.obras", _event(RUI, "vias"), 13.0)
    assert ledger.verdict().doubled == ("DEMO-0002: obras 2 times", "DEMO-0001: ombudsman 2 times")


def test_what_was_promised_to_the_ombudsman_is_waited_for() -> None:
    ledger = _ledger()
    ledger.see("t.department.saude", _event(ANA, ombudsman=True), 12.0)
    ledger.see("t.department.vias", _event(RUI, "vias"), 13.0)
    assert not ledger.complete
    assert ledger.verdict().missing == ("DEMO-0001: not in the ombudsman's queue",)
    ledger.see("t.ombudsman", _event(ANA, ombudsman=True), 13.0)
    assert ledger.complete
    assert ledger.verdict().good


def test_a_message_that_lost_its_words_has_not_arrived() -> None:
    ledger = _all_arrived()
    emptied = _event(ANA)
    emptied["message"] = {"text": "", "body": ""}
    ledger.see("t.department.saude", emptied, 14.0)
    assert ledger.verdict().strange == ("t.department.saude: 1 messages without the reference of a sample",)


def test_a_fault_told_from_outside_spoils_it() -> None:
    assert _all_arrived().verdict(["a forged webhook was answered 200"]).strange == (
        "a forged webhook was answered 200",
    )


def test_the_oldest_that_waits_is_the_first_sent_of_those_not_arrived() -> None:
    ledger = _ledger()
    assert ledger.oldest_waiting(20.0) == 10.0
    ledger.see("t.department.saude", _event(ANA), 20.0)
    assert ledger.oldest_waiting(20.0) == 9.0
    ledger.see("t.department.vias", _event(RUI, "vias"), 20.0)
    assert ledger.oldest_waiting(20.0) is None


def test_arrivals_a_second_are_those_of_the_last_three() -> None:
    ledger = _all_arrived()
    assert ledger.per_second(14.0) == 2 / 3
    assert ledger.per_second(15.5) == 1 / 3
    assert ledger.per_second(17.0) == 0


def test_dead_letters_and_network_events_are_counted_apart() -> None:
    ledger = _all_arrived()
    ledger.see("t.dead-letter", {}, 14.0)
    ledger.see("t.network-events", {}, 14.0)
    assert (ledger.dead, ledger.asides) == (1, 1)
    assert ledger.verdict().good
