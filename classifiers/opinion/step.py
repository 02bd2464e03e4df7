"""The opinion's seat where nothing is awaited: a cascade's last step, and `ouvidor classify --opinion`.

It waits for the answer, `timeout` at most, in whoever's thread asks; the connections live in a thread of their own. On
the river nobody may wait so (the thread is the event loop's, and sure messages stand behind the doubtful ones): there
`Asking.second` is awaited, in the stage of the doubtful.
"""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from threading import Thread

from classifiers.judge import Judged
from classifiers.lines import Answer
from classifiers.opinion.asking import Asking
from classifiers.opinion.naming import Likeliest, first_of
from ouvidor.departments import DepartmentWords
from ouvidor.records import ClassifierVersion, Verdict
from ouvidor.settings import Opinion

__all__ = ["OpinionStep", "opinions"]


class OpinionStep:
    """A step that asks for an opinion where nobody was sure. Close it."""

    def __init__(
        self, settings: Opinion, departments: Sequence[DepartmentWords] = (), likeliest: Likeliest = first_of
    ) -> None:
        self.only_unsure = settings.department != "undecided"
        self._asking = Asking(settings, departments, likeliest=likeliest)
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._loop.run_forever, name="opinion", daemon=True)
        self._thread.start()

    @property
    def version(self) -> ClassifierVersion:
        """The prompt's version and the model's name."""
        return self._asking.version

    def judge_all(self, said: Sequence[Judged], before: Sequence[Verdict]) -> list[Verdict]:
        """Judge utterances, knowing what was said of them before."""
        return [self.judge(one, verdict) for one, verdict in zip(said, before, strict=True)]

    def judge(self, said: Judged, before: Verdict) -> Verdict:
        """Judge an utterance, knowing what was said of it before."""
        return asyncio.run_coroutine_threadsafe(self._asking.second(said, before), self._loop).result()

    def wants(self, said: Judged, before: Verdict) -> bool:
        """Tell whether it is to be asked about an utterance."""
        return self._asking.wants(said, before)

    def close(self) -> None:
        """Let go of the connections and the thread."""
        asyncio.run_coroutine_threadsafe(self._asking.__aexit__(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


@contextmanager
def opinions(
    settings: Opinion | None, departments: Sequence[DepartmentWords] = (), likeliest: Likeliest = first_of
) -> Iterator[Callable[[Iterable[Answer]], Iterable[Answer]]]:
    """Give what asks for an opinion on each answer that wants one, as it comes; None: nobody is asked."""
    if settings is None:
        yield lambda answers: answers
        return
    step = OpinionStep(settings, departments, likeliest)

    def asked(answers: Iterable[Answer]) -> Iterator[Answer]:
        for answer in answers:
            if answer.said is None or answer.verdict is None or not step.wants(answer.said, answer.verdict):
                yield answer
            else:
                yield replace(answer, verdict=step.judge(answer.said, answer.verdict))

    try:
        yield asked
    finally:
        step.close()
