"""How much each aid is: whole euros around a mean, adding up exactly to what was published."""

from __future__ import annotations

import random
from types import MappingProxyType

from demo.apportionment import largest_remainder, matrix, split
from demo.figures import Figures

#: Mean amount by nature, in euros, used only to invent how many aids each nature had. *Exemple.*
MEANS = MappingProxyType({"SECOURS": 230, "AM": 290, "AML": 120})
_EUROS = 100


def counts_by_nature(figures: Figures) -> dict[str, int]:
    """How many aids of each nature: not published, invented from the amounts (*réparti*)."""
    weights = {nature: cents / MEANS[nature] for nature, cents in figures.montants_cents.items()}
    total = sum(figures.aides.values())
    return split(total, weights) if total else dict.fromkeys(weights, 0)


def nature_by_mds(figures: Figures) -> dict[str, dict[str, int]]:
    """Territory → nature → count, whose margins are the published ones (*réparti*)."""
    return matrix(figures.aides, counts_by_nature(figures))


def draw_amounts(count: int, total_cents: int, draw: random.Random) -> list[int]:
    """`count` amounts in cents, whole euros but for one, adding up to `total_cents`.

    Between half and one and a half times the mean. Raises ValueError if the total is too small
    to give each at least one cent.
    """
    if count == 0:
        return []
    if total_cents < count:
        raise ValueError("un montant total plus petit que le nombre d’aides")
    weights = [draw.randrange(50, 151) for _ in range(count)]
    euros, rest = divmod(total_cents, _EUROS)
    if euros < 2 * count:
        return largest_remainder(total_cents, weights)
    amounts = [_EUROS * part for part in largest_remainder(euros, weights)]
    amounts[-1] += rest
    return amounts
