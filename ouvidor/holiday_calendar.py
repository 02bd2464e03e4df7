"""The closures of an organisation, a year at a time: what `holidays` knows of its country and state, and its settings.

Where several reasons fall on one day, the holiday's name is told before the house's, and that before a vacation's.

Source: `holidays`, whose categories and languages differ from country to country.
"""

from collections.abc import Callable, Mapping
from datetime import date

from holidays import HolidayBase, country_holidays
from holidays.constants import OPTIONAL, PUBLIC

from ouvidor.closures import Closed, Closure, days_of
from ouvidor.errors import Misconfigured
from ouvidor.settings import Organisation

__all__ = ["closures_of"]

_ANY_YEAR = 2026


def closures_of(organisation: Organisation) -> Callable[[int], Mapping[date, Closure]]:
    """Give what tells the closures of a year. Raises `Misconfigured` where nobody knows the country's holidays."""
    try:
        _holidays(organisation, _ANY_YEAR)
    except NotImplementedError as error:
        raise Misconfigured(
            f"organisation.country: no holidays are known of {organisation.country}"
            f"{f', {organisation.subdivision}' if organisation.subdivision else ''}: {error}"
        ) from None

    def closures(year: int) -> Mapping[date, Closure]:
        vacations = {
            day: Closure(Closed.VACATION, vacation.name)
            for vacation in organisation.vacations
            for day in days_of(vacation, year)
        }
        house = {
            day: Closure(Closed.HOUSE, closed.name) for closed in organisation.closed for day in days_of(closed, year)
        }
        holidays = {day: Closure(Closed.HOLIDAY, name) for day, name in _holidays(organisation, year).items()}
        return {**vacations, **house, **holidays}

    return closures


def _holidays(organisation: Organisation, year: int) -> HolidayBase:
    """Holidays are named in the country's own language, whatever the process's locale."""
    country = country_holidays(organisation.country)
    optional = organisation.optional_holidays and OPTIONAL in country.supported_categories
    return country_holidays(
        organisation.country,
        subdiv=organisation.subdivision,
        years=year,
        categories=(PUBLIC, OPTIONAL) if optional else (PUBLIC,),
        language=country.default_language,
    )
