"""An *example* règlement of aid: wide limits, so that the published grants fit by delegation."""

from __future__ import annotations

from typing import Any

_ARTICLE = "Règlement exemple"
#: Cents: the most one aid gives, and what a household gets in a year. *Exemples.*
_MOST, _YEARLY = 500_000, 2_000_000
PUBLICS = {
    "SECOURS": "PERSONNE_SEULE",
    "AM": "FAMILLE",
    "AML": "FAMILLE",
    "FAJ": "JEUNE",
}


def example() -> dict[str, Any]:
    """The body of `POST /v1/reglements`."""
    return {
        "code": "EXEMPLE-REJEU",
        "version": "1",
        "is_example": True,
        "effective_from": "2019-01-01",
        "natures": {nature: _nature(nature) for nature in PUBLICS},
    }


def _nature(nature: str) -> dict[str, Any]:
    return {
        "publics": {"article": _ARTICLE, "codes": [PUBLICS[nature]]},
        "reste_a_vivre": {
            "article": _ARTICLE,
            "max_cents_per_person_day": 5000,
            "exceeded": "COMMISSION",
        },
        "plafond": {
            "article": _ARTICLE,
            "base_cents": _MOST,
            "per_child_cents": 0,
            "exceeded": "COMMISSION",
        },
        "plafond_annuel": {"article": _ARTICLE, "cents": _YEARLY, "exceeded": "COMMISSION"},
        "cumul": {
            "article": _ARTICLE,
            "max_per_year": 24,
            "counted": list(PUBLICS),
            "never_same_month": [],
            "exceeded": "COMMISSION",
        },
        "residence": {"article": "", "min_months": 0},
        "obligation_alimentaire": False,
        "age": {"article": "CASF L263-3", "min": 18, "max": 25} if nature == "FAJ" else None,
        "delegation": {
            "article": _ARTICLE,
            "steps": [{"role": "responsable", "up_to_cents": _MOST}],
            "urgent_cents": 50_000,
        },
        "commission_act": "DECISION",
    }
