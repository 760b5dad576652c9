"""A table, cell by cell beside its reference, and where the two differ.

Only published margins are called *publié*. The reference of a month reads *part du mois*; a
split that nobody published reads *réparti*; what is only told has no reference.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

PUBLISHED, MONTHLY, DAILY = "publié", "part du mois", "part des jours rejoués"
INVENTED, TOLD = "réparti", "non publié"
TOTAL = "Total"


@dataclass(frozen=True)
class Cell:
    """One number: what the service says, and what it should be (None: no reference)."""

    found: int
    expected: int | None = None

    @property
    def is_right(self) -> bool:
        """Whether it is what it should be."""
        return self.expected is None or self.expected == self.found


@dataclass(frozen=True)
class Row:
    """One line of a table, and what its reference is worth."""

    label: str
    status: str
    cells: Mapping[str, Cell]


@dataclass(frozen=True)
class Table:
    """A table as the schéma prints it: territories across."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Row]
    #: Whether the numbers are cents, shown in euros.
    is_money: bool = False
    note: str = ""


@dataclass(frozen=True)
class Difference:
    """A cell that is not what it should be."""

    table: str
    line: str
    column: str
    expected: int
    found: int

    def __str__(self) -> str:
        return (
            f"« {self.table} », ligne « {self.line} », colonne « {self.column} » :"
            f" attendu {self.expected}, trouvé {self.found}"
        )


def differences(tables: Iterable[Table]) -> list[Difference]:
    """Every cell that differs from its reference."""
    return [
        Difference(table.title, row.label, column, cell.expected, cell.found)
        for table in tables
        for row in table.rows
        for column, cell in row.cells.items()
        if cell.expected is not None and not cell.is_right
    ]
