"""The nomenclature of interventions: champ, dispositif, type, as dated versions.

Source: table of interventions of ASS and CESF, schéma départemental du service social (fiche
action 2). The versions are files of `services/dsu/nomenclature/`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from typing import Any

from services.dsu.domain.errors import SeparateFile, UnknownCode
from services.dsu.domain.versions import optional_day, read_versions, version_on


class Filing(StrEnum):
    """Where an intervention of a dispositif is kept."""

    #: In the dossier, and told to the other services.
    DOSSIER = "DOSSIER"
    #: In the dossier, never told: child protection decided by a judge or in emergency.
    WITHHELD = "WITHHELD"
    #: In a separate file: IP (CASF L226-2-1) and IS.
    SEPARATE = "SEPARATE"
    #: About no personne: training, collective work, statistics.
    COLLECTIVE = "COLLECTIVE"


@dataclass(frozen=True, kw_only=True)
class InterventionType:
    """One type of intervention. `code` is `<champ>.<dispositif>.<type>`."""

    code: str
    label: str
    champ: str
    champ_label: str
    dispositif: str
    dispositif_label: str
    filing: Filing
    #: A partner may be told of it: its labels speak of no violence, child protection nor vulnerable
    #: adult. What does not say so is not.
    shareable: bool


@dataclass(frozen=True, kw_only=True)
class Nomenclature:
    """One version; `valid_to` is included."""

    version: str
    valid_from: date
    valid_to: date | None
    source: str
    by_code: Mapping[str, InterventionType]

    @property
    def types(self) -> list[InterventionType]:
        """Every type, in the order of the table."""
        return list(self.by_code.values())

    def recordable(self, code: str) -> InterventionType:
        """The type of this code, if a dossier may hold it. Raises UnknownCode, SeparateFile."""
        found = self.by_code.get(code)
        if found is None:
            raise UnknownCode(
                f"Ce type n’est pas dans la nomenclature {self.version}.", field="/nomenclature"
            )
        if found.filing is Filing.SEPARATE:
            raise SeparateFile(
                "Une information préoccupante ou signalante se tient dans un dossier séparé.",
                field="/nomenclature",
            )
        if found.filing is Filing.COLLECTIVE:
            raise SeparateFile(
                "Ce type ne concerne pas le dossier d’une personne.", field="/nomenclature"
            )
        return found


def nomenclature_on(day: date) -> Nomenclature:
    """The version valid that day. Raises UnknownCode when none is."""
    found = version_on(_versions(), day)
    if found is None:
        raise UnknownCode("Aucune nomenclature n’est en vigueur ce jour-là.", field="/occurred_on")
    return found


def label_of(version: str, code: str) -> str:
    """The label a recorded code had in its version; the code itself if it is gone."""
    for nomenclature in _versions():
        if nomenclature.version == version and code in nomenclature.by_code:
            return nomenclature.by_code[code].label
    return code


@cache
def _versions() -> tuple[Nomenclature, ...]:
    return tuple(_read(document) for document in read_versions("nomenclature"))


def _read(document: Mapping[str, Any]) -> Nomenclature:
    types = [
        _type(champ, dispositif, kind)
        for champ in document["champs"]
        for dispositif in champ["dispositifs"]
        for kind in dispositif["types"]
    ]
    return Nomenclature(
        version=document["version"],
        valid_from=date.fromisoformat(document["valid_from"]),
        valid_to=optional_day(document.get("valid_to")),
        source=document["source"],
        by_code={item.code: item for item in types},
    )


def _type(
    champ: Mapping[str, Any], dispositif: Mapping[str, Any], kind: Mapping[str, str]
) -> InterventionType:
    filing = Filing(dispositif.get("filing", Filing.DOSSIER))
    dispositif_code = f"{champ['code']}.{dispositif['code']}"
    return InterventionType(
        code=f"{dispositif_code}.{kind['code']}",
        label=kind["label"],
        champ=champ["code"],
        champ_label=champ["label"],
        dispositif=dispositif_code,
        dispositif_label=dispositif["label"],
        filing=filing,
        shareable=filing is Filing.DOSSIER and dispositif.get("shareable", False),
    )
