"""The short form of a profile: a promise for each severity and nothing else, as tables have had it from the beginning.

`seed: {critical: 24 h, high: 24 h, medium: 48 h, low: {within: 72 h, time: calendar}}`
"""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator

from ouvidor.config import Section
from ouvidor.records import Severity
from routers.clocks.amount import Amount, Length, Unit
from routers.clocks.profile import Profile

__all__ = ["OwnProfile", "read_profile"]

_TITLE = "Resposta ao cliente"


class Clock(Section):
    """A promise: how much time, of which."""

    within: Length
    """How long, such as 24 h."""
    time: Literal["business", "calendar"] = "business"
    """Business time leaves out weekends and holidays; calendar time leaves out nothing. For hours and minutes."""

    @property
    def amount(self) -> Amount:
        """The length, of the time that was asked for."""
        calendar = self.time == "calendar" and self.within.unit is Unit.BUSINESS_TIME
        return self.within._replace(unit=Unit.TIME) if calendar else self.within


def _read_clock(given: Any) -> Any:  # noqa: ANN401 - whatever the YAML holds
    return given if isinstance(given, dict | Clock) else {"within": given}


Promise = Annotated[Clock, BeforeValidator(_read_clock)]


class Deadlines(Section):
    """A promise for each severity."""

    critical: Promise
    high: Promise
    medium: Promise
    low: Promise


def read_profile(given: Any) -> Any:  # noqa: ANN401 - whatever the YAML holds
    """Read either form. Faults are pydantic's own, with their places."""
    if not isinstance(given, Mapping) or given.keys() & Profile.model_fields.keys():
        return given
    promises = Deadlines.model_validate(given)
    within = {severity.value: getattr(promises, severity.value).amount for severity in Severity}
    return Profile.model_validate({"steps": {"answer": {"title": _TITLE, "within": within}}})


OwnProfile = Annotated[Profile, BeforeValidator(read_profile)]
"""A profile of a routing table."""
