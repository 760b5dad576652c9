"""What is read of an agent's own calendar: when they are busy, and nothing else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from textwrap import dedent

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chassis.clock import PARIS
from services.rendezvous.calendars import busy_times
from services.rendezvous.domain.calendar import OWN_UID, Trouble, Troubled
from services.rendezvous.domain.occupation import Interval

WINDOW = Interval(datetime(2023, 1, 8, 23, tzinfo=UTC), datetime(2023, 7, 9, 22, tzinfo=UTC))


def calendar(*events: str, zones: str = "") -> str:
    whole = "".join(f"BEGIN:VEVENT\n{dedent(one).strip()}\nEND:VEVENT\n" for one in events)
    return f"BEGIN:VCALENDAR\nVERSION:2.0\n{dedent(zones)}{whole}END:VCALENDAR\n"


def read(*events: str, **more) -> list[str]:
    """Spans as Paris times, `jj/mm hh:mm > jj/mm hh:mm`."""
    busy = busy_times.read(calendar(*events, **more), WINDOW)
    assert busy.ignored == 0
    return [f"{_shown(start)} > {_shown(end)}" for start, end in busy.spans]


def _shown(moment: datetime) -> str:
    return f"{moment.astimezone(PARIS):%d/%m %H:%M}"


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        ("DTSTART:20230110T080000Z\nDTEND:20230110T090000Z", ["10/01 09:00 > 10/01 10:00"]),
        ("DTSTART:20230110T080000\nDURATION:PT90M", ["10/01 08:00 > 10/01 09:30"]),
        (
            "DTSTART;TZID=America/New_York:20230110T080000\nDURATION:PT1H",
            ["10/01 14:00 > 10/01 15:00"],
        ),
        ("DTSTART;VALUE=DATE:20230110", ["10/01 00:00 > 11/01 00:00"]),
        ("DTSTART;VALUE=DATE:20230110\nDTEND;VALUE=DATE:20230113", ["10/01 00:00 > 13/01 00:00"]),
        # 23 hours long: the night of the clock change.
        ("DTSTART;VALUE=DATE:20230326", ["26/03 00:00 > 27/03 00:00"]),
        # Half past two does not exist that night.
        ("DTSTART:20230326T023000\nDURATION:PT1H", ["26/03 03:30 > 26/03 04:30"]),
        ("DTSTART:20230110T080000Z", []),
        ("DTSTART:20220110T080000Z\nDTEND:20220110T090000Z", []),
        ("DTSTART:20230108T220000Z\nDTEND:20230109T090000Z", ["09/01 00:00 > 09/01 10:00"]),
        ("DTSTART;VALUE=DATE:20230110\nTRANSP:TRANSPARENT", []),
        ("DTSTART;VALUE=DATE:20230110\nSTATUS:CANCELLED", []),
        ("DTSTART;VALUE=DATE:20230110\nX-MICROSOFT-CDO-BUSYSTATUS:FREE", []),
        (f"UID:1{OWN_UID}\nDTSTART;VALUE=DATE:20230110", []),
        (
            "DTSTART;TZID=Europe/Paris:20230320T090000\nDTEND;TZID=Europe/Paris:20230320T100000\n"
            "RRULE:FREQ=WEEKLY;UNTIL=20230403T070000Z",
            [
                "20/03 09:00 > 20/03 10:00",
                "27/03 09:00 > 27/03 10:00",
                "03/04 09:00 > 03/04 10:00",
            ],
        ),
        (
            "DTSTART:20230110T090000\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=4\n"
            "EXDATE:20230111T090000\nEXDATE;VALUE=DATE:20230112\nRDATE:20230120T140000",
            ["10/01 09:00 > 10/01 10:00", "13/01 09:00 > 13/01 10:00", "20/01 14:00 > 20/01 15:00"],
        ),
        (
            "DTSTART;VALUE=DATE:20230110\nRRULE:FREQ=MONTHLY;UNTIL=20230210",
            ["10/01 00:00 > 11/01 00:00", "10/02 00:00 > 11/02 00:00"],
        ),
        # A weekly meeting since 2015.
        (
            "DTSTART:20150106T090000\nDURATION:PT1H\nRRULE:FREQ=WEEKLY;UNTIL=20230117",
            ["10/01 09:00 > 10/01 10:00", "17/01 09:00 > 17/01 10:00"],
        ),
    ],
)
def test_when_one_is_busy(event, expected):
    assert read(event) == expected


def test_an_occurrence_moved_made_free_or_cancelled_leaves_its_first_place():
    series = "UID:s\nDTSTART:20230110T090000\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=4"
    moved = "UID:s\nRECURRENCE-ID:20230110T090000\nDTSTART:20230110T150000\nDURATION:PT2H"
    free = "UID:s\nRECURRENCE-ID:20230111T090000\nDTSTART:20230111T090000\nTRANSP:TRANSPARENT"
    gone = "UID:s\nRECURRENCE-ID:20230112T090000\nDTSTART:20230112T090000\nSTATUS:CANCELLED"

    found = read(series, moved, free, gone)

    assert found == ["10/01 15:00 > 10/01 17:00", "13/01 09:00 > 13/01 10:00"]


def test_a_zone_that_the_file_describes_itself():
    zone = """\
        BEGIN:VTIMEZONE
        TZID:Chez nous
        BEGIN:STANDARD
        DTSTART:19701025T030000
        RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10
        TZOFFSETFROM:+0200
        TZOFFSETTO:+0100
        END:STANDARD
        BEGIN:DAYLIGHT
        DTSTART:19700329T020000
        RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3
        TZOFFSETFROM:+0100
        TZOFFSETTO:+0200
        END:DAYLIGHT
        END:VTIMEZONE
        """
    event = "DTSTART;TZID=Chez nous:20230320T090000\nDURATION:PT1H\nRRULE:FREQ=WEEKLY;COUNT=2"

    found = read(event, zones=zone)

    assert found == ["20/03 09:00 > 20/03 10:00", "27/03 09:00 > 27/03 10:00"]


def test_times_that_touch_or_overlap_are_one():
    first = "DTSTART:20230110T090000\nDURATION:PT1H"
    second = "DTSTART:20230110T100000\nDURATION:PT1H"

    assert read(first, second, first) == ["10/01 09:00 > 10/01 11:00"]


def test_lower_case_folded_lines_and_other_line_ends_are_read():
    text = calendar("DTSTART:202301\n 10T090000\nDURATION:PT1H\nDESCRIPTION:Suite\n BEGIN:VEVENT")
    text = text.replace("BEGIN:VCALENDAR", "\ufeffbegin:vcalendar").replace("\n", "\r\n")

    assert len(busy_times.read(text, WINDOW).spans) == 1


def test_an_event_that_means_nothing_hides_no_other():
    good = "DTSTART;VALUE=DATE:20230110"
    bad = [
        "DTSTART:hier",
        "UID:sans-date",
        "DTSTART:20230110T090000\nDTEND:20230110T080000",
        "DTSTART:20230110T090000\nDURATION:PT1H\nRRULE:FREQ=SECONDLY",
        "DTSTART:20230110T090000\nDURATION:PT1H\nRRULE:FREQ=DAILY;BYDAY=XX",
    ]

    busy = busy_times.read(calendar(good, *bad), WINDOW)

    assert len(busy.spans) == 1
    assert busy.ignored == len(bad)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "<!DOCTYPE html><title>502 Bad Gateway</title>",
        "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART;VALUE=DATE:20230110\nEND:VEVENT\n",
        "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART;VALUE=DATE:20230110\nEND:VCALENDAR\n",
        "BEGIN:VCARD\nEND:VCARD",
        "\x00\x01",
    ],
)
def test_what_is_no_whole_calendar_is_refused(text):
    with pytest.raises(Troubled) as refusal:
        busy_times.read(text, WINDOW)

    assert refusal.value.trouble is Trouble.NOT_A_CALENDAR


def test_an_empty_calendar_is_one():
    assert busy_times.read(calendar(), WINDOW) == ([], 0)


@pytest.mark.parametrize(
    "events",
    [
        ["DTSTART;VALUE=DATE:20230110"] * 5_001,
        ["DTSTART:19300101T090000\nDURATION:PT1H\nRRULE:FREQ=DAILY"],
    ],
)
def test_too_many_events_are_refused_as_a_whole(events):
    with pytest.raises(Troubled) as refusal:
        busy_times.read(calendar(*events), WINDOW)

    assert refusal.value.trouble is Trouble.TOO_MANY_EVENTS


DAYS = st.dates(min_value=WINDOW.start.date(), max_value=WINDOW.end.date())


@settings(max_examples=40)
@given(first=DAYS, hour=st.integers(0, 23), minutes=st.integers(1, 600), every=st.integers(1, 9))
def test_a_series_stays_at_its_hour_of_paris_and_lasts_what_it_lasts(first, hour, minutes, every):
    event = (
        f"DTSTART;TZID=Europe/Paris:{first:%Y%m%d}T{hour:02}0000\nDURATION:PT{minutes}M\n"
        f"RRULE:FREQ=DAILY;INTERVAL={every}"
    )
    expected = []
    day = first
    while day <= WINDOW.end.date() + timedelta(days=2):
        start = datetime(day.year, day.month, day.day, hour, tzinfo=PARIS).astimezone(UTC)
        end = start + timedelta(minutes=minutes)
        if start < WINDOW.end and end > WINDOW.start:
            expected.append(Interval(max(start, WINDOW.start), min(end, WINDOW.end)))
        day += timedelta(days=every)

    assert busy_times.read(calendar(event), WINDOW).spans == expected
