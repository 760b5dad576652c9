"""What became of rendezvous: counts, the rate of no-shows, and the delay before they are held."""

from __future__ import annotations

from dataclasses import dataclass

#: Below so many, a rate or a delay would say nothing, or would say it of someone: *exemple*.
FEWEST = 5


@dataclass(frozen=True, kw_only=True)
class Outcomes:
    """Rendezvous of one MDS, motif and profession (the lead agent's, at that date).

    `median`, `p90`: Paris days from booking to the day held, of those honoured; None without any.
    """

    mds: str
    motif: str
    profession: str
    booked: int
    held: int
    missed_excused: int
    missed_unexcused: int
    cancelled_by_personne: int
    cancelled_by_agent: int
    cancelled_by_systeme: int
    late: int
    median: int | None
    p90: int | None

    @property
    def no_show_percent(self) -> int | None:
        """Those nobody came to nor said so, among those that were to be held: rounded to the
        whole, halves up, like the published tables. None when there are too few."""
        expected = self.held + self.missed_excused + self.missed_unexcused
        if expected < FEWEST:
            return None
        return (200 * self.missed_unexcused + expected) // (2 * expected)

    @property
    def delay_days_median(self) -> int | None:
        """The median delay; None when there are too few."""
        return self.median if self.held >= FEWEST else None

    @property
    def delay_days_p90(self) -> int | None:
        """The delay nine in ten did not exceed; None when there are too few."""
        return self.p90 if self.held >= FEWEST else None
