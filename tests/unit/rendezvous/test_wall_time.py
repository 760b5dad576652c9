"""Wall time over the clock changes."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import pytest

from services.rendezvous.domain import errors
from services.rendezvous.domain.planning import paris_instant


class TestWallTime:
    def test_an_hour_that_does_not_exist_is_refused(self):
        with pytest.raises(errors.LocalTimeRefused, match="n’existe pas le 26/03/2023"):
            paris_instant(date(2023, 3, 26), time(2, 30), field="/from")

    def test_an_hour_that_exists_twice_is_refused(self):
        with pytest.raises(errors.LocalTimeRefused, match="deux fois le 29/10/2023"):
            paris_instant(date(2023, 10, 29), time(2, 30), field="/from")

    @pytest.mark.parametrize(
        ("day", "wall", "instant"),
        [
            (date(2023, 3, 26), time(1, 59), datetime(2023, 3, 26, 0, 59, tzinfo=UTC)),
            (date(2023, 3, 26), time(3, 0), datetime(2023, 3, 26, 1, 0, tzinfo=UTC)),
            (date(2023, 10, 29), time(3, 0), datetime(2023, 10, 29, 2, 0, tzinfo=UTC)),
            (date(2023, 7, 3), time(9, 0), datetime(2023, 7, 3, 7, 0, tzinfo=UTC)),
        ],
    )
    def test_every_other_hour_has_one_instant(self, day, wall, instant):
        assert paris_instant(day, wall, field="/from") == instant
