"""Read dates as days since 1970-01-01, and times as hours since midnight.

>>> read_dates(["2026-01-31", "2026-02-01 12:00"], None)
Moments(numbers=[20484.0, 20485.5], text='dates as days since 1970-01-01', wrong=[])
>>> read_dates(["31/1/2026", "1/2/2026"], None).text
'dates, day first, as days since 1970-01-01'
>>> read_dates(["1/2/2026"], None)
Traceback (most recent call last):
    ...
autograd_tiny.tabular.dates.DateError: has dates such as '1/2/2026', of which day and month are not told apart; \
say --dates day-first or --dates month-first
>>> read_dates(["8:30", "17:00"], None).numbers, read_dates(["1970Q1", "1970Q2"], None).numbers
([8.5, 17.0], [0.0, 90.0])
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from autograd_tiny.errors import shorten

MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
EPOCH: Final = date(1970, 1, 1).toordinal()
TIME: Final = r"(?P<hour>\d{1,2}):(?P<minute>\d{2})(:(?P<second>\d{2}([.,]\d+)?))?\s*(?P<half>[AaPp]\.?[Mm]\.?)?"
ZONE: Final = r"\s*(?P<zone>Z|[+-]\d{2}:?\d{2}|UTC|GMT)?"
AFTER: Final = rf"([T ]\s*{TIME}{ZONE})?"
YEAR_FIRST: Final = re.compile(rf"(?P<year>\d{{4}})([-/.])(?P<month>\d{{1,2}})(\2(?P<day>\d{{1,2}}){AFTER})?")
YEAR_LAST: Final = re.compile(rf"(?P<one>\d{{1,2}})([-/.])(?P<two>\d{{1,2}})\2(?P<year>\d{{4}}){AFTER}")
NAMED_MONTH: Final = re.compile(rf"(?P<day>\d{{1,2}})\.?[- ](?P<name>[A-Za-z]{{3,9}})\.?[- ](?P<year>\d{{4}}){AFTER}")
NAME_FIRST: Final = re.compile(rf"(?P<name>[A-Za-z]{{3,9}})\.?[- ](?P<day>\d{{1,2}}),?[- ](?P<year>\d{{4}}){AFTER}")
QUARTER: Final = re.compile(rf"(?P<year>\d{{4}})[- ]?(Q(?P<quarter>[1-4])|M(?P<month>\d{{1,2}}))(?P<day>$)?{AFTER}")
ONLY_TIME: Final = re.compile(TIME)
SHORT_YEAR: Final = re.compile(r"\d{1,2}([-/.])\d{1,2}\1\d{2}")


class DateError(ValueError):
    """The dates of a column need an option or another notation; the message tells which.

    Attributes:
        cell: the first cell at fault.
    """

    def __init__(self, problem: str, cell: str) -> None:
        self.cell = cell
        super().__init__(problem)


@dataclass(frozen=True, slots=True)
class Moments:
    """The dates or times of a column.

    Attributes:
        numbers: days or hours, nan for a date that does not exist.
        text: how they are read, in words.
        wrong: the cells that the calendar lacks, such as February 30.
    """

    numbers: list[float]
    text: str
    wrong: list[str]


def read_dates(cells: Sequence[str], order: str | None) -> Moments | None:
    """Return the dates or times in some cells, or None if one is neither.

    Args:
        cells: none of them is missing.
        order: "day-first", "month-first", or None to see it.

    Raises:
        DateError: day and month cannot be told apart, or years have two digits.
    """
    clocks = [match for cell in cells if (match := ONLY_TIME.fullmatch(cell))]
    if clocks and len(clocks) == len(cells):
        return moments(cells, [hours(clock) for clock in clocks], "times as hours since midnight")
    if cells and all(map(SHORT_YEAR.fullmatch, cells)):
        raise DateError(f"has dates such as {shorten(cells[0])}, whose year has two digits; write four", cells[0])
    matches = [match_date(cell) for cell in cells]
    found = [match for match in matches if match is not None]
    if not found or len(found) < len(cells):
        return None
    last = [match for match in found if match.re is YEAR_LAST]
    day_first = is_day_first(last, order) if last else True
    days = [days_of(match, day_first=day_first) for match in found]
    first = f", {'day' if day_first else 'month'} first," if last else ""
    read = moments(cells, days, f"dates{first} as days since 1970-01-01")
    return read if 2 * len(read.wrong) < len(cells) else None


def match_date(cell: str) -> re.Match[str] | None:
    """Return the parts of a date, or None."""
    for pattern in (YEAR_FIRST, YEAR_LAST, NAMED_MONTH, NAME_FIRST, QUARTER):
        match = pattern.fullmatch(cell)
        if match is not None and ("name" not in match.re.groupindex or match["name"][:3].lower() in MONTHS):
            return match
    return None


def is_day_first(matches: Sequence[re.Match[str]], order: str | None) -> bool:
    """Return whether the day comes first: it is above 12 somewhere, or the dates have points, or the user says so."""
    firsts = any(int(match["one"]) > 12 for match in matches)
    seconds = any(int(match["two"]) > 12 for match in matches)
    if firsts and seconds:
        cells = [next(m[0] for m in matches if int(m[part]) > 12) for part in ("one", "two")]
        told = f"has dates with the day first and others with the month first: {cells[0]}, {cells[1]}; use one order"
        raise DateError(told, cells[1])
    if firsts or seconds:
        return firsts
    if order is not None:
        return order == "day-first"
    if all(match[2] == "." for match in matches):
        return True
    found = shorten(matches[0][0])
    remedy = "say --dates day-first or --dates month-first"
    raise DateError(f"has dates such as {found}, of which day and month are not told apart; {remedy}", matches[0][0])


def days_of(match: re.Match[str], *, day_first: bool) -> float:
    """Return a date as days since 1970-01-01, nan if the calendar lacks it."""
    parts = match.groupdict()
    if "name" in parts:
        month, day = MONTHS.index(match["name"][:3].lower()) + 1, int(match["day"])
    elif "one" in parts:
        day, month = (int(match[part]) for part in (("one", "two") if day_first else ("two", "one")))
    else:
        quarter = parts.get("quarter")
        month, day = 3 * int(quarter) - 2 if quarter else int(match["month"]), int(match["day"] or 1)
    try:
        days = float(date(int(match["year"]), month, day).toordinal() - EPOCH)
    except ValueError:
        return math.nan
    return days if match["hour"] is None else days + (hours(match) - zone_hours(match["zone"])) / 24.0


def hours(match: re.Match[str]) -> float:
    """Return a time as hours since midnight, nan if no clock shows it."""
    hour, minute = int(match["hour"]), int(match["minute"])
    second = float((match["second"] or "0").replace(",", "."))
    if match["half"] and 1 <= hour <= 12:
        hour = hour % 12 + 12 * (match["half"][0] in "Pp")
    exists = hour < 24 and minute < 60 and second < 61.0
    return hour + minute / 60.0 + second / 3600.0 if exists else math.nan


def zone_hours(zone: str | None) -> float:
    """Return how many hours a time zone is ahead.

    >>> zone_hours("+05:30"), zone_hours("Z")
    (5.5, 0.0)
    """
    if not zone or zone[0] not in "+-":
        return 0.0
    ahead = int(zone[1:3]) + int(zone[-2:]) / 60.0
    return ahead if zone[0] == "+" else -ahead


def moments(cells: Sequence[str], numbers: list[float], text: str) -> Moments:
    """Return the dates of some cells, with those that do not exist."""
    wrong = [cell for cell, number in zip(cells, numbers, strict=True) if math.isnan(number)]
    return Moments(numbers, text, wrong)
