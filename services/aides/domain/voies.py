"""Voies et délais de recours: what a letter of decision must say, kept with the decision.

A letter without them opens no deadline (CJA R421-5), so every decision that can be contested
carries them, as they were in law on the day it was taken.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from services.aides.domain.nature import REGIMES, Nature


@dataclass(frozen=True, kw_only=True)
class Voies:
    """One set of voies et délais, in force from `effective_from`."""

    effective_from: date
    prior_appeal: str
    prior_appeal_months: int
    silence_months: int
    court: str
    court_months: int
    sources: tuple[str, ...]
    sentence: str


#: For a prestation légale the administrative appeal comes first (RAPO, CASF L134-1 and L134-2).
_LEGAL = (
    Voies(
        effective_from=date(2020, 1, 1),
        prior_appeal="OBLIGATOIRE",
        prior_appeal_months=2,
        silence_months=2,
        court="TRIBUNAL_ADMINISTRATIF",
        court_months=2,
        sources=("CASF L134-1", "CASF L134-2", "CJA R421-1", "CJA R421-2"),
        sentence=(
            "Si vous n’êtes pas d’accord, vous devez d’abord écrire au président du conseil "
            "départemental dans les deux mois qui suivent la réception de ce courrier. Vous "
            "pouvez demander à être entendu. Sans réponse au bout de deux mois, votre recours "
            "est rejeté. Vous avez alors deux mois pour saisir le tribunal administratif."
        ),
    ),
)
#: For an aide facultative and the FAJ: the common rule of the Code de justice administrative.
_COMMON = (
    Voies(
        effective_from=date(2001, 1, 1),
        prior_appeal="FACULTATIF",
        prior_appeal_months=2,
        silence_months=2,
        court="TRIBUNAL_ADMINISTRATIF",
        court_months=2,
        sources=("CJA R421-1", "CJA R421-2", "CJA R421-5"),
        sentence=(
            "Si vous n’êtes pas d’accord, vous pouvez, dans les deux mois qui suivent la "
            "réception de ce courrier, écrire au président du conseil départemental ou saisir "
            "directement le tribunal administratif. Si vous écrivez d’abord au président et "
            "qu’il ne répond pas dans les deux mois, votre recours est rejeté et vous avez deux "
            "mois pour saisir le tribunal."
        ),
    ),
)


def voies_et_delais(nature: Nature, on: date) -> dict[str, Any]:
    """What holds for a decision taken on a day, as plain JSON values.

    Raises LookupError for a day before the oldest text known here.
    """
    known = _LEGAL if REGIMES[nature].is_legal else _COMMON
    for voies in sorted(known, key=lambda v: v.effective_from, reverse=True):
        if voies.effective_from <= on:
            values = asdict(voies)
            return values | {
                "effective_from": voies.effective_from.isoformat(),
                "sources": list(voies.sources),
            }
    raise LookupError(f"no voies et délais known for {nature} before {on:%Y}")
