"""The report as text, for a terminal: figures with their intervals, groups, and the worst mistakes."""

from collections.abc import Iterator
from typing import Final

from classifiers.report.making import Figure, Report

__all__ = ["told"]

_COLUMNS: Final = ("kind_accuracy", "severity_accuracy", "sure_share", "sure_kind_accuracy", "ombudsman_recall")
_TITLES: Final = ("kind", "severity", "sure of", "sure: right", "ombudsman")


def told(report: Report) -> Iterator[str]:
    """Give the report's lines."""
    yield "where each figure lies, at 95 %:"
    for name, figure in report.figures.items():
        yield f"  {name:<26}{figure.value:>8.3f}  {figure.low:.3f} to {figure.high:.3f}  of {figure.count}"
    if report.promise is not None:
        wrong = report.promise.counted
        yield f"\nof kinds that are sure at most {report.promise.promised:.3f} were promised to be wrong: counted"
        yield f"  {wrong.value:.3f} ({wrong.low:.3f} to {wrong.high:.3f}) of {wrong.count}"
    for name, groups in report.groups.items():
        yield f"\nby {name}" + " " * (21 - len(name)) + "count" + "".join(f"{title:>20}" for title in _TITLES)
        for group in groups:
            figures = "".join(_cell(getattr(group, column), column in group.differs) for column in _COLUMNS)
            yield f"  {group.name:<22}{group.count:>5}{figures}"
    yield "\n* differs from all other messages by more than its noise (of fifty groups some three do so by chance)"
    yield "\nwhat each kind was taken for:"
    labels = report.kinds.labels
    for label, counts in zip(labels, report.kinds.counts, strict=True):
        yield f"  {label:<12}" + "".join(f"{other}: {count:<6}" for other, count in zip(labels, counts, strict=True))
    yield "\nmost certain, and wrong:"
    for one in report.worst:
        yield f"  {one.id:<28}{one.kind} taken for {one.said}, {one.confidence:.2f}{', sure' if one.sure else ''}"
        for shown in one.evidence:
            if shown.label.startswith("kind:"):
                yield f"      {shown.label}  \u201c{shown.words}\u201d  {shown.source}"


def _cell(figure: Figure, differs: bool) -> str:
    if not figure.count:
        return f"{'-':>20}"
    return f"{figure.value:.2f} ({figure.low:.2f}-{figure.high:.2f})".rjust(19) + ("*" if differs else " ")
