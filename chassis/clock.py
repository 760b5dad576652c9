"""The two clocks.

Trade time dates every business fact and is injected; technical time is always real and serves
tokens, back-off, timeouts, retention and logs. A replay replaces trade time alone, through a
file of eight bytes that every process maps and one driver writes.
"""

from __future__ import annotations

import mmap
import struct
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECONDS = struct.Struct("<q")
#: The size of the file of a simulated clock.
CLOCK_BYTES = _MICROSECONDS.size

#: Answers an aware instant in UTC.
Clock = Callable[[], datetime]


def technical_now() -> datetime:
    """Real time, in UTC."""
    return datetime.now(UTC)


def paris_day(moment: datetime) -> date:
    """The day, in Europe/Paris, on which an instant falls."""
    return moment.astimezone(PARIS).date()


def instant_of(day: date, hour: time = time()) -> datetime:
    """An hour of a Paris day as a UTC instant; in a skipped hour, the one after the change."""
    return datetime.combine(day, hour, tzinfo=PARIS).astimezone(UTC)


def end_of_day(day: date) -> datetime:
    """The first instant after a Paris day."""
    return instant_of(day + timedelta(days=1))


class SimulatedClock:
    """Trade time read from a mapped file of eight bytes: microseconds since 1970, little endian."""

    def __init__(self, path: Path) -> None:
        with path.open("rb") as file:
            self._map = mmap.mmap(file.fileno(), _MICROSECONDS.size, access=mmap.ACCESS_READ)

    def __call__(self) -> datetime:
        (microseconds,) = _MICROSECONDS.unpack(self._map[:8])
        return _EPOCH + timedelta(microseconds=microseconds)


class ClockDriver:
    """The one writer of a simulated clock. It never goes backwards."""

    def __init__(self, path: Path, start: datetime) -> None:
        if not path.exists() or path.stat().st_size != _MICROSECONDS.size:
            path.write_bytes(_MICROSECONDS.pack(_microseconds(start)))
        with path.open("r+b") as file:
            self._map = mmap.mmap(file.fileno(), _MICROSECONDS.size)

    def now(self) -> datetime:
        """The instant last written."""
        (microseconds,) = _MICROSECONDS.unpack(self._map[:8])
        return _EPOCH + timedelta(microseconds=microseconds)

    def advance_to(self, moment: datetime) -> None:
        """Move trade time forward. Raises ValueError on a step back."""
        if moment < self.now():
            raise ValueError("l’horloge simulée ne recule jamais")
        self._map[:8] = _MICROSECONDS.pack(_microseconds(moment))


def _microseconds(moment: datetime) -> int:
    return (moment - _EPOCH) // timedelta(microseconds=1)
