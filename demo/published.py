"""Reading a published file field by field, collecting every fault with its path."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_RESOURCES = re.compile(r"ressources_humaines(_(\d{4})_\d{2}_\d{2})?")


class FiguresError(ValueError):
    """The file cannot be replayed; `faults` says, in French, which fields and why."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


class Reader:
    """A cautious reader: dotted paths in, whole numbers out, faults kept aside."""

    def __init__(self, content: object) -> None:
        self._faults: list[str] = []
        if not isinstance(content, Mapping):
            raise FiguresError(["(racine) : un objet JSON est attendu"])
        self._content = content
        names = [name for name in content if _RESOURCES.fullmatch(name)]
        #: The member that holds the posts: `ressources_humaines`, or dated `…_2023_12_31`.
        self.resources: str = names[0] if names else "ressources_humaines"

    def fault(self, path: str, why: str) -> None:
        """Note a fault; reading goes on."""
        self._faults.append(f"{path} : {why}")

    def raise_faults(self) -> None:
        """Raise everything noted, if anything was."""
        if self._faults:
            raise FiguresError(self._faults)

    def year(self) -> int:
        """`annee`, or the year of the dated posts."""
        dated = _RESOURCES.fullmatch(self.resources)
        if "annee" not in self._content and dated and dated[2]:
            return int(dated[2])
        year = self.whole("annee")
        if self.is_sound() and not 2000 <= year <= 2100:
            self.fault("annee", f"année invraisemblable ({year})")
        return year

    def is_sound(self) -> bool:
        """Whether nothing is wrong so far."""
        return not self._faults

    def names(self, path: str) -> tuple[str, ...]:
        """A list of distinct names. Nothing else can be read without it: raises at once."""
        names = self._find(path)
        if not isinstance(names, list) or not all(isinstance(n, str) and n for n in names):
            raise FiguresError([f"{path} : une liste de noms est attendue"])
        if not names or len(set(names)) != len(names):
            raise FiguresError([f"{path} : liste vide ou nom répété"])
        return tuple(names)

    def table(self, path: str) -> Mapping[str, Any]:
        """An object; an absent one is a fault."""
        found = self._find(path)
        if isinstance(found, Mapping):
            return found
        self.fault(path, "champ absent" if found is None else "un objet est attendu")
        return {}

    def optional_table(self, path: str) -> Mapping[str, Any]:
        """An object, empty when absent."""
        return self.table(path) if self._find(path) is not None else {}

    def whole(self, path: str) -> int:
        """A whole number at a path, zero or more."""
        return self._whole(self._find(path), path)

    def whole_in(self, table: Mapping[str, Any], path: str, name: str) -> int:
        """A whole number in an object already read."""
        return self._whole(table.get(name), f"{path}.{name}")

    def row(self, path: str, territoires: tuple[str, ...]) -> dict[str, int]:
        """One number per territory, and a total which must be their sum."""
        table = self.table(path)
        row = {name: self.whole_in(table, path, name) for name in territoires} if table else {}
        for name in table.keys() - {*territoires, "total", "moyenne_par_ass"}:
            self.fault(f"{path}.{name}", "territoire inconnu de « territoires »")
        self._check_total(table, path, sum(row.values()))
        return row or dict.fromkeys(territoires, 0)

    def amounts(self, path: str, names: Mapping[str, str]) -> dict[str, int]:
        """Amounts in cents by nature, from euros; the total must be their sum."""
        table = self.table(path)
        euros = {nature: self.whole_in(table, path, name) for nature, name in names.items()}
        for name in table.keys() - {*names.values(), "total"}:
            self.fault(f"{path}.{name}", "nature d’aide inconnue")
        self._check_total(table, path, sum(euros.values()))
        return {nature: 100 * amount for nature, amount in euros.items()}

    def _check_total(self, table: Mapping[str, Any], path: str, found: int) -> None:
        if table and self.whole_in(table, path, "total") != found:
            self.fault(
                f"{path}.total",
                f"la somme donne {found}, le total dit {table['total']}"
                if "total" in table
                else f"la somme donne {found}",
            )

    def _whole(self, value: Any, path: str) -> int:
        if value is None:
            self.fault(path, "champ absent")
        elif isinstance(value, bool) or not isinstance(value, int):
            self.fault(path, "un nombre entier est attendu")
        elif value < 0:
            self.fault(path, "un nombre négatif n’a pas de sens ici")
        else:
            return value
        return 0

    def _find(self, path: str) -> Any:
        found: Any = self._content
        for name in path.split("."):
            found = found.get(name) if isinstance(found, Mapping) else None
        return found
