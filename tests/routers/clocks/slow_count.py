"""Counting as a clerk does it, with a wall calendar and a clock: day by day, and by the minute. Slow, and obvious."""

from datetime import UTC, date, datetime, time, timedelta

from ouvidor.business_time import BusinessCalendar
from ouvidor.closures import Closed
from routers.clocks.amount import Amount, Unit
from routers.clocks.profile import Step

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
QUARTER = timedelta(minutes=15)


class Clerk:
    """Who counts one step by one calendar."""

    def __init__(self, step: Step, calendar: BusinessCalendar) -> None:
        self.step, self.calendar, self.zone = step, calendar, calendar.zone

    def works_on(self, day: date) -> bool:
        closure = self.calendar.closures(day.year).get(day)
        at_home = closure is None or (closure.kind is Closed.VACATION and self.step.vacations == "count")
        return day.weekday() in self.calendar.hours and at_home

    def open_at(self, moment: datetime) -> bool:
        local = moment.astimezone(self.zone)
        hours = self.calendar.hours.get(local.weekday(), ())
        inside = any(opening <= local.time() and (local.time() < shut or shut == time(0)) for opening, shut in hours)
        return inside and self.works_on(local.date())

    def working_day(self, day: date) -> date:
        while not self.works_on(day):
            day += DAY
        return day

    def receipt(self, start: datetime) -> date:
        local = start.astimezone(self.zone)
        if self.step.received_until is None:
            return local.date()
        if local.time() >= self.step.received_until:
            return self.working_day(local.date() + DAY)
        return self.working_day(local.date())

    def first(self, start: datetime) -> date:
        received = self.receipt(start)
        if self.step.first_day == "same_day":
            return received
        return received + DAY if self.step.first_day == "next_day" else self.working_day(received + DAY)

    def last(self, amount: Amount, start: datetime) -> date:
        day = self.first(start)
        if amount.unit is Unit.MONTHS:
            day = self.months(day - DAY, amount.number)
        else:
            left = amount.number * (7 if amount.unit is Unit.WEEKS else 1)
            while True:
                left -= amount.unit is not Unit.BUSINESS_DAYS or self.works_on(day)
                if not left:
                    break
                day += DAY
        return self.working_day(day) if self.step.end == "next_business_day" else day

    def months(self, day: date, number: int) -> date:
        """Leaf through the calendar: so many firsts of a month, then on to the day, or to the month's end."""
        page = day.replace(day=1)
        for _ in range(number):
            page = (page + 31 * DAY).replace(day=1)
        while page.day < day.day and (page + DAY).month == page.month:
            page += DAY
        return page

    def over(self, day: date) -> datetime:
        """When is a day over? Look at the clock each quarter until it shows a later day, or business is over."""
        moment = datetime.combine(day, time(0), UTC) - DAY / 2
        closing = None
        while moment.astimezone(self.zone).date() <= day:
            if self.step.ends_at == "closing" and moment.astimezone(self.zone).date() == day and self.open_at(moment):
                closing = moment + QUARTER
            moment += QUARTER
        return moment if closing is None else closing

    def until(self, amount: Amount, start: datetime) -> datetime:
        if amount.unit.in_days:
            return self.over(self.last(amount, start))
        moment, left = start, amount.number
        received = self.receipt(start)
        while moment.astimezone(self.zone).date() < received:
            moment = (moment + MINUTE).replace(second=0, microsecond=0)
        while left:
            left -= amount.unit is Unit.TIME or self.open_at(moment)
            moment += MINUTE
        return moment
