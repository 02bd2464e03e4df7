"""The report: the same figures as the table, each with its interval, by group, and safe to look at."""

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from classifiers.measurement import Row, of_verdicts
from classifiers.model.commands import app
from classifiers.report.groups import groups_of
from classifiers.report.making import Report, make_report
from classifiers.report.page import page
from classifiers.report.presenting import present
from classifiers.report.tallies import figures_of, tally
from classifiers.report.telling import told
from classifiers.report.writers import regions_of, register_of
from ouvidor.errors import Rejected
from ouvidor.records import Kind, Verdict


@pytest.fixture(scope="module")
def report(rows: Sequence[Row], verdicts: Sequence[Verdict]) -> Report:
    return make_report(rows, verdicts, 0.05)


def test_sums_give_the_figures_of_the_table(rows: Sequence[Row], verdicts: Sequence[Verdict]):
    table = of_verdicts(rows, verdicts)
    for name, value in figures_of(tally(rows, verdicts).sum(axis=0)).items():
        assert float(value) == pytest.approx(table[name], abs=1e-9), name


def test_every_figure_lies_in_its_interval(report: Report):
    for name, figure in report.figures.items():
        assert figure.low <= figure.value <= figure.high, name
        assert figure.low < figure.high, name


def test_groups_hold_every_message_that_tells_where_it_belongs(rows: Sequence[Row], report: Report):
    for name in ("kind", "channel", "language", "length", "sector", "writing"):
        assert sum(group.count for group in report.groups[name]) == len(rows), name
    right = {group.name: group.kind_accuracy.value * group.count for group in report.groups["kind"]}
    for label, counts in zip(report.kinds.labels, report.kinds.counts, strict=True):
        assert right.get(label, 0) == pytest.approx(counts[report.kinds.labels.index(label)])


def test_a_group_that_is_judged_otherwise_is_marked(rows: Sequence[Row], verdicts: Sequence[Verdict]):
    spoilt = [
        said if row.channel != "email" else said.model_copy(update={"kind": next(k for k in Kind if k != row.kind)})
        for row, said in zip(rows, verdicts, strict=True)
    ]
    groups = {group.name: group for group in make_report(rows, spoilt).groups["channel"]}
    assert "kind_accuracy" in groups["email"].differs
    assert groups["email"].kind_accuracy.value == 0


def test_messages_that_do_not_tell_are_in_no_group(rows: Sequence[Row]):
    bare = [replace(row, channel=None, sector=None, group="", language=None) for row in rows]
    assert {"channel", "sector", "house", "language"}.isdisjoint(groups_of(bare))


def test_the_worst_are_wrong_and_the_most_certain_first(report: Report):
    certain = [one.confidence for one in report.worst]
    assert certain == sorted(certain, reverse=True)
    assert all(one.kind != one.said for one in report.worst)
    assert any(shown.words for one in report.worst for shown in one.evidence)


def test_a_broken_promise_is_told(rows: Sequence[Row], verdicts: Sequence[Verdict]):
    sure = [said.model_copy(update={"sure": True}) for said in verdicts]
    broken = make_report(rows, sure, 0.001).promise
    assert broken is not None
    assert not broken.kept
    assert broken.counted.count == len(rows)
    assert "promise broken" in page(make_report(rows, sure, 0.001))


def test_the_page_is_whole_and_what_customers_wrote_is_text(rows: Sequence[Row], verdicts: Sequence[Verdict]):
    text = "<script>alert(1)</script> Solicito a poda"
    told_by = verdicts[0].model_copy(
        update={
            "kind": next(kind for kind in Kind if kind != rows[0].kind),
            "confidence": verdicts[0].confidence.model_copy(update={"kind": 1.0}),
            "evidence": (verdicts[0].evidence or verdicts[1].evidence)[:1],
        }
    )
    told_by = told_by.model_copy(
        update={"evidence": tuple(one.model_copy(update={"start": 0, "end": len(text)}) for one in told_by.evidence)}
    )
    written = page(make_report([replace(rows[0], text=text), *rows[1:]], [told_by, *verdicts[1:]], 0.05))
    assert "<script" not in written
    assert "&lt;script&gt;" in written
    assert not re.search(r"(?:src|href)=|url\(|@import", written), "nothing is fetched"
    assert written.count('lang="pt-BR">') > 50
    assert written.count("<svg") > 20


def test_lines_tell_every_group(report: Report):
    lines = "\n".join(told(report))
    assert "by writing" in lines
    assert "informal" in lines
    assert "were promised to be wrong" in lines


@pytest.mark.parametrize(
    ("text", "register"),
    [
        ("Prezados, solicito a segunda via.", "formal"),
        ("vcs vao vir qdo? ja to cansado", "informal"),
        ("QUERO MEU DINHEIRO DE VOLTA AGORA", "informal"),
        ("cadê o caminhão do lixo que não vem", "informal"),
        ("O poste está apagado desde terça.", "plain"),
        ("Solicito q vcs venham", "informal"),
        ("Rua B", "plain"),
    ],
)
def test_who_writes_how(text: str, register: str):
    assert register_of(text) == register


def test_a_call_is_spoken_and_regions_have_words():
    assert register_of("quero falar com o gerente", "phone") == "spoken"
    assert regions_of("Bah, tchê, que demora") == ("south",)
    assert regions_of("Oxente, cadê a água") == ("northeast",)
    assert regions_of("Que trem demorado, uai") == ("minas",)
    assert regions_of("Que demora") == ()


def test_the_command_gives_json_and_a_page(tmp_path: Path):
    file = tmp_path / "labelled.ndjson"
    lines = [
        {"id": 7, "text": "Solicito a poda", "kind": "request", "channel": "form"},
        {"text": "Falta luz há dois dias", "kind": "complaint", "severity": "high", "channel": "email"},
    ]
    usual = {"severity": "low", "difficulty": "simple", "flags": []}
    file.write_text("\n".join(json.dumps(usual | line) for line in lines))
    result = CliRunner().invoke(
        app, ["evaluate", str(file), "--rules-only", "--json", "--html", str(tmp_path / "r.html")]
    )
    found = json.loads(result.stdout)
    assert found["messages"] == 2
    assert found["promise"] is None
    assert found["figures"]["kind_accuracy"].keys() == {"value", "low", "high", "count"}
    assert [group["name"] for group in found["groups"]["channel"]] == ["email", "form"]
    assert "</html>" in (tmp_path / "r.html").read_text(encoding="utf-8")


def test_a_page_that_cannot_be_written_is_told(tmp_path: Path, rows: Sequence[Row], verdicts: Sequence[Verdict]):
    with pytest.raises(Rejected, match="cannot be written"):
        present(rows, verdicts, {}, as_json=True, html=tmp_path / "none" / "r.html", promised=True)
