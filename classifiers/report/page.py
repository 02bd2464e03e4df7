"""The report as one page to look at: no script, nothing fetched, light and dark, readable on a phone.

It holds words of messages (the evidence of what was most surely wrong), so it is to be kept like the messages.
"""

from collections.abc import Iterator
from html import escape
from importlib import resources
from typing import Final

from classifiers.report.drawing import interval_bar, reliability
from classifiers.report.making import Figure, Group, Matrix, Mistake, Promise, Report
from classifiers.report.words import both, grouped, label, named

__all__ = ["page"]

_COLUMNS: Final = ("kind_accuracy", "severity_accuracy", "sure_share", "sure_kind_accuracy", "ombudsman_recall")
_WHOLE: Final = 1
_MARKED: Final = (
    "● difere de todas as outras mensagens mais do que o acaso explica (de cinquenta grupos, uns três por acaso).",
    "● differs from all other messages by more than its noise (of fifty groups some three do so by chance).",
)


def page(report: Report) -> str:
    """Write the page."""
    style = (resources.files("classifiers.report") / "page.css").read_text(encoding="utf-8")
    return (
        '<!doctype html>\n<html lang="pt-BR"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" '
        f'content="light dark"><title>Ouvidor: relatório do julgamento</title><style>{style}</style></head><body>'
        '<fieldset class="switch"><label><input type="radio" name="lang" id="in-pt" checked>Português</label>'
        '<label><input type="radio" name="lang" id="in-en">English</label></fieldset>'
        + "".join(_parts(report))
        + "</body></html>\n"
    )


def _parts(report: Report) -> Iterator[str]:
    title = both("Como as mensagens são julgadas", "How messages are judged")
    yield f"<header><h1>{title}</h1><p>{both('mensagens', 'messages')}: {report.messages} · "
    yield f"{escape(report.classifier)} <code>{escape(report.hash[:12])}</code></p></header><main>"
    if report.promise is not None:
        yield _promise(report.promise)
    yield f"<section><h2>{both('Todas as medidas', 'Every figure')}</h2><div class='scroll'><table>"
    yield f"<tr><th></th><th>{both('medida', 'figure')}</th><th>95 %</th><th></th><th>{both('de', 'of')}</th></tr>"
    yield from (_row(name, figure) for name, figure in report.figures.items())
    yield "</table></div></section>"
    yield f"<section class='pair'><div><h2>{both('A confiança é honesta?', 'Is confidence honest?')}</h2>"
    titles = (both("confiança que o veredito diz", "confidence told"), both("quantos acertam", "how many are right"))
    yield reliability(report.calibration, titles)
    about = (
        "Sobre a diagonal, a confiança diz a verdade; abaixo dela, promete demais. O traço é o intervalo de 95 %.",
        "On the diagonal confidence tells the truth, below it promises too much. The line is the interval at 95 %.",
    )
    yield f"<p class='note'>{both(*about)}</p></div><div>"
    yield _matrix(("O que se tomou pelo quê: tipo", "What was taken for what: kind"), report.kinds)
    yield _matrix(("Gravidade", "Severity"), report.severities)
    read = both("Linha: o certo. Coluna: o veredito.", "Row: what is true. Column: the verdict.")
    yield f"<p class='note'>{read}</p></div></section>"
    yield f"<p class='note'>{both(*_MARKED)}</p>"
    yield from (_groups(name, groups) for name, groups in report.groups.items())
    yield f"<section><h2>{both('Erros com mais certeza', 'Most certain, and wrong')}</h2>"
    yield from (_mistake(one) for one in report.worst)
    yield "</section></main>"


def _promise(promise: Promise) -> str:
    wrong = promise.counted
    told = (
        f"Prometido: no máximo {promise.promised:.0%} de erros onde há certeza. Contado: {_percent(wrong)}.",
        f"Promised: at most {promise.promised:.0%} wrong where sure. Counted: {_percent(wrong)}.",
    )
    return f"<section class='promise {'kept' if promise.kept else 'broken'}'><p>{both(*told)}</p></section>"


def _percent(figure: Figure) -> str:
    return f"{figure.value:.1%} ({figure.low:.1%} - {figure.high:.1%}; n = {figure.count})"


def _row(name: str, figure: Figure) -> str:
    shares = figure.high <= _WHOLE
    value = f"{figure.value:.3f}" if shares else f"{figure.value:.0f}"
    reach = f"{figure.low:.3f} - {figure.high:.3f}" if shares else f"{figure.low:.0f} - {figure.high:.0f}"
    bar = interval_bar(figure) if shares else ""
    return (
        f"<tr><th scope='row'>{named(name)}</th><td class='value'>{value}</td><td class='reach'>{reach}</td>"
        f"<td class='wide'>{bar}</td><td>{figure.count}</td></tr>"
    )


def _matrix(title: tuple[str, str], matrix: Matrix) -> str:
    head = "".join(f"<th scope='col'>{label(one)}</th>" for one in matrix.labels)
    rows = []
    for place, (name, counts) in enumerate(zip(matrix.labels, matrix.counts, strict=True)):
        total = max(sum(counts), 1)
        cells = "".join(
            f"<td class='{'right' if place == at else 'wrong'}' style='--share:{count / total:.2f}'>{count}</td>"
            for at, count in enumerate(counts)
        )
        rows.append(f"<tr><th scope='row'>{label(name)}</th>{cells}</tr>")
    return (
        f"<h2>{both(*title)}</h2><div class='scroll'><table class='matrix'><tr><th></th>{head}</tr>"
        f"{''.join(rows)}</table></div>"
    )


def _groups(name: str, groups: tuple[Group, ...]) -> str:
    head = "".join(f"<th>{named(column)}</th>" for column in _COLUMNS)
    rows = "".join(
        f"<tr><th scope='row'>{label(group.name)}</th><td>{group.count}</td>"
        + "".join(_cell(getattr(group, column), column in group.differs) for column in _COLUMNS)
        + "</tr>"
        for group in groups
    )
    return (
        f"<section><h2>{grouped(name)}</h2><div class='scroll'><table><tr><th></th><th>n</th>{head}</tr>{rows}</table>"
        "</div></section>"
    )


def _cell(figure: Figure, differs: bool) -> str:
    if not figure.count:
        return "<td class='none'>-</td>"
    mark = " <b>●</b>" if differs else ""
    return (
        f"<td><span class='value'>{figure.value:.2f}</span>{mark} <small>{figure.low:.2f} - {figure.high:.2f}</small>"
        f"{interval_bar(figure)}</td>"
    )


def _mistake(one: Mistake) -> str:
    certain = both("com certeza", "sure") if one.sure else both("sem certeza", "not sure")
    shown = "".join(
        f"<li><code>{escape(each.label)}</code> <q>{escape(each.words)}</q> <small>{escape(each.source)}</small></li>"
        for each in one.evidence
    )
    return (
        f"<details><summary><code>{escape(one.id)}</code> {label(one.kind)} → <b>{label(one.said)}</b> "
        f"{one.confidence:.2f}, {certain}</summary><ul>{shown}</ul></details>"
    )
