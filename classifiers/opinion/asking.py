"""Asking: the edge around the pure parts. Whatever goes wrong, the verdict comes back as it was, and it is counted.

It takes no longer than `timeout`, and while the server is away or the allowance is used up no time at all. What is
wrong is told once in the log, by what it is and never by anybody's words, and once more when it is well again.
"""

from collections.abc import Callable, Sequence
from time import monotonic
from typing import Final, Self

import structlog

from classifiers.judge import Judged
from classifiers.opinion.allowance import Allowance, Pause
from classifiers.opinion.answer import Opinion as Answer
from classifiers.opinion.answer import read_completion, read_opinion
from classifiers.opinion.catalogue import catalogue
from classifiers.opinion.choices import NOBODY, Choices, are_too_many, choices_of
from classifiers.opinion.heeding import NAME, heed
from classifiers.opinion.naming import Likeliest, first_of
from classifiers.opinion.question import PROMPT_VERSION, forms, hash_of_question, question
from classifiers.opinion.server import Server
from ouvidor import metrics
from ouvidor.departments import DepartmentWords
from ouvidor.errors import Misconfigured, OuvidorError, Rejected, Unavailable
from ouvidor.records import ClassifierVersion, Verdict
from ouvidor.settings import Opinion

__all__ = ["Asking", "check"]

_CHARACTERS_A_TOKEN: Final = 3
"""For servers that do not count: rather too many tokens than too few."""
_log = structlog.get_logger()


class Asking:
    """Asks one server, within its limits. `async with` closes its connections.

    `departments`: those of the routing table, of which it may name one. `likeliest`: chooses among the areas of one.
    """

    def __init__(
        self,
        settings: Opinion,
        departments: Sequence[DepartmentWords] = (),
        *,
        likeliest: Likeliest = first_of,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._settings = settings
        self._choices = choices_of(settings, departments)
        self._catalogue = catalogue(self._choices)
        self._likeliest = likeliest
        self._clock = clock
        self._server = Server(settings)
        self._allowance = Allowance.of(settings.most_per_minute, settings.most_per_day, settings.most_tokens_per_day)
        self._pause = Pause()
        self._told: str | None = None
        if are_too_many(departments) and settings.department != "never":
            _log.warning("opinions name no department: the table has more than a question holds")
        self.version = ClassifierVersion(
            name=NAME,
            version=f"{PROMPT_VERSION}@{settings.model}",
            hash=hash_of_question(settings.model, self._catalogue),
        )

    async def __aenter__(self) -> Self:
        """Begin."""
        return self

    async def __aexit__(self, *_: object) -> None:
        """Let go of the connections."""
        await self._server.close()

    def wants(self, said: Judged, before: Verdict) -> bool:
        """Tell whether there is anything to ask: the verdict is not sure, or its department is to be asked for."""
        return not said.automatic and (not before.sure or self._choices.asks(before))

    async def second(self, said: Judged, before: Verdict) -> Verdict:
        """Give the verdict with another model's opinion; as it was, where nothing is to be asked or to be had."""
        if not self.wants(said, before):
            return before
        if not self._pause.is_over(self._clock()):
            return _without(before, "paused")
        if not self._allowance.take(self._clock()):
            self._tell("opinions are used up for now", "the limits of judgement.opinion")
            return _without(before, "spent")
        try:
            return await self._asked(said, before)
        except Rejected as error:
            if self._pause.answered_nonsense(self._clock()):
                self._tell("the server of opinions gives none", str(error))
            return _without(before, "unusable")
        except (Unavailable, Misconfigured) as error:
            after = error.retry_after if isinstance(error, Unavailable) else None
            self._pause.away(self._clock(), after)
            self._tell("the server of opinions is away", str(error))
            return _without(before, "away" if isinstance(error, Unavailable) else "refused")

    async def _asked(self, said: Judged, before: Verdict) -> Verdict:
        choices = self._choices if self._choices.undecided(before) else NOBODY
        departments = self._catalogue if choices.departments else ""
        body = question(said, self._settings.model, answer_tokens=self._settings.answer_tokens, departments=departments)
        asked = sum(len(one["content"]) for one in body["messages"]) // _CHARACTERS_A_TOKEN
        tokens = asked
        try:
            found, requests = await self._server.complete(body, forms(choices.by_id))
            words, counted = read_completion(found)
            tokens = counted or asked * requests + len(words) // _CHARACTERS_A_TOKEN
            opinion = read_opinion(words, choices.by_id)
        finally:
            self._allowance.spent(tokens)
            metrics.OPINION_TOKENS.inc(tokens)
        self._pause.answered()
        if self._told is not None:
            self._told = None
            _log.info("the server of opinions answers again")
        settles = self._settings.settles
        after = heed(said, before, opinion, self.version, choices, self._likeliest, settles=settles)
        if choices.departments:
            metrics.OPINION_DEPARTMENTS.labels(_said_of_department(before, after, opinion, choices)).inc()
        raised = after.severity is not before.severity or after.flags != before.flags
        metrics.OPINIONS.labels("raised" if raised else "agreed" if opinion.kind is before.kind else "differed").inc()
        return after

    def _tell(self, what: str, reason: str) -> None:
        """Tell of trouble once, until it is another or over."""
        if self._told != what:
            self._told = what
            _log.warning(what, reason=reason)


def _said_of_department(before: Verdict, after: Verdict, opinion: Answer, choices: Choices) -> str:
    """Tell in a word what became of the question for a department."""
    if opinion.department is None:
        return "unsaid"
    if not after.area_by_opinion:
        return "none"
    return "agreed" if choices.owner(after.area) is choices.owner(before.area) else "named"


def _without(before: Verdict, outcome: str) -> Verdict:
    metrics.OPINIONS.labels(outcome).inc()
    return before


async def check(settings: Opinion) -> OuvidorError | None:
    """Ask the server once for its models."""
    server = Server(settings)
    try:
        await server.check()
    except OuvidorError as error:
        return error
    finally:
        await server.close()
    return None
