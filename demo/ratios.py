"""Shares and means the schéma prints beside its tables, rounded to the whole."""

from __future__ import annotations

from collections.abc import Mapping


def ratios_of(profession: str, totals: Mapping[tuple[str, str], int], posts: int) -> dict[str, int]:
    """The shares and means the schéma prints, from totals by (kind, modality); halves round up."""
    phone = totals.get(("PREMIER_ACCUEIL", "TELEPHONE"), 0)
    first = totals["PREMIER_ACCUEIL", "PRESENTIEL"]
    followed = totals["ACCOMPAGNEMENT", "PRESENTIEL"]
    received = first + followed
    name = profession.lower()
    return {
        "part_telephonique_pct": _percent(phone, phone + first),
        "part_presentiel_pct": _percent(first, phone + first),
        "part_accompagnement_pct": _percent(followed, received),
        f"moyenne_rdv_par_{name}": _rounded(received, posts),
        f"moyenne_vad_par_{name}": _rounded(totals["ACCOMPAGNEMENT", "VAD"], posts),
    }


def _percent(part: int, whole: int) -> int:
    return _rounded(100 * part, whole)


def _rounded(number: int, by: int) -> int:
    return (2 * number + by) // (2 * by) if by else 0
