"""The legal bases on which a professional may sign a partage, and the conditions of each.

A condition is either *verified* from what the service knows, or *attested* by the professional
who signs, in person, article by article. Code pénal 226-14 (alert to the authorities) and CASF
L226-2-1 (duty to inform the CRIP) are acts of a professional: they are no basis of a feed and do
not appear here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from services.consent.domain.elements import Category

#: Version of the tables below and of `elements`, stored with each decision. Changing either
#: changes it.
RULES_VERSION = "2026-02"


class Basis(StrEnum):
    """What lets a given piece of information be shared."""

    CONSENT = "CONSENT"
    CASF_L121_6_2 = "CASF_L121_6_2"
    CASF_L226_2_2 = "CASF_L226_2_2"
    CSP_L1110_4 = "CSP_L1110_4"


class Mission(StrEnum):
    """What a recipient, or an associated professional, is there for."""

    SOCIAL_ACTION = "SOCIAL_ACTION"
    ACCESS_TO_RIGHTS = "ACCESS_TO_RIGHTS"
    BUDGET = "BUDGET"
    HOUSING = "HOUSING"
    CARE = "CARE"
    CHILD_PROTECTION = "CHILD_PROTECTION"


class FileRole(StrEnum):
    """The signer's place in the person's dossier."""

    REFERENT = "REFERENT"
    ASSOCIATED = "ASSOCIATED"


@dataclass(frozen=True, kw_only=True)
class Requirement:
    """One condition a professional attests. `why` completes « Il faut que … »."""

    code: str
    article: str
    why: str


def _need(code: str, article: str, why: str) -> Requirement:
    return Requirement(code=code, article=article, why=why)


_L121, _L226, _CSP = "CASF L121-6-2", "CASF L226-2-2", "CSP L1110-4"

#: Basis → what the signer attests. Any one missing or false denies.
ATTESTED: Mapping[Basis, tuple[Requirement, ...]] = {
    Basis.CONSENT: (
        _need(
            "STRICTLY_NECESSARY", "code pénal 226-13", "les éléments soient strictement nécessaires"
        ),
    ),
    Basis.CASF_L121_6_2: (
        _need("WORSENING", _L121, "les difficultés de la personne se cumulent et s’aggravent"),
        _need("SEVERAL_PROFESSIONALS", _L121, "plusieurs professionnels interviennent"),
        _need(
            "STRICTLY_NECESSARY",
            _L121,
            "le partage soit strictement nécessaire à la mission sociale",
        ),
        _need("COORDINATOR", _L121, "un coordonnateur soit désigné"),
    ),
    Basis.CASF_L226_2_2: (
        _need("ALL_BOUND_BY_SECRECY", _L226, "chaque partie soit soumise au secret professionnel"),
        _need(
            "STRICTLY_NECESSARY",
            _L226,
            "le partage soit limité à la mission de protection de l’enfance",
        ),
        _need(
            "PARENTS_INFORMED",
            _L226,
            "les parents soient informés avant, sauf intérêt contraire de l’enfant",
        ),
        _need(
            "CHILD_INFORMED",
            _L226,
            "l’enfant soit informé selon sa maturité, sauf intérêt contraire",
        ),
    ),
    Basis.CSP_L1110_4: (
        _need(
            "IDENTIFIED_PROFESSIONALS", _CSP, "les professionnels destinataires soient identifiés"
        ),
        _need("ALL_IN_THE_CARE", _CSP, "tous participent à la prise en charge"),
        _need("STRICTLY_NECESSARY", _CSP, "le partage soit strictement nécessaire"),
        _need("WITHIN_MISSION", "CSP R1110-1", "le partage reste dans la mission de chacun"),
        _need("PERSON_INFORMED", _CSP, "la personne soit informée"),
    ),
}

#: Professions that may share under CSP L1110-4 (R1110-2): ASS and care, not CESF nor secretaries.
CSP_PROFESSIONS = frozenset({"ASS", "INFIRMIER", "PSYCHOLOGUE"})

_EVERYTHING = frozenset(Category)
_FOLLOW_UP = frozenset({Category.SUIVI_SOCIAL, Category.HOME})
_BUDGET = _FOLLOW_UP | {Category.FINANCES}
_SOCIAL = _BUDGET | {Category.IDENTITY, Category.CORRESPONDENCE}
_CARE = _FOLLOW_UP | {Category.HEALTH, Category.PREGNANCY}
_CHILD = _EVERYTHING - {Category.OPINIONS, Category.LOVE_LIFE}

#: Categories each basis can reach (*exemple*: the law names no list, only strict necessity).
BASIS_CATEGORIES: Mapping[Basis, frozenset[Category]] = {
    Basis.CONSENT: _EVERYTHING,
    Basis.CASF_L121_6_2: _SOCIAL,
    Basis.CASF_L226_2_2: _CHILD,
    Basis.CSP_L1110_4: _CARE | {Category.IDENTITY},
}

#: Categories an associated professional may sign for, by mission (*exemple*).
MISSION_CATEGORIES: Mapping[str, frozenset[Category]] = {
    Mission.SOCIAL_ACTION: _SOCIAL,
    Mission.ACCESS_TO_RIGHTS: _SOCIAL,
    Mission.BUDGET: _BUDGET,
    Mission.HOUSING: _BUDGET,
    Mission.CARE: _CARE,
    Mission.CHILD_PROTECTION: _CHILD,
}
#: A mission the table does not name reaches nothing but the follow-up itself (*exemple*).
_OTHER_MISSION = frozenset({Category.SUIVI_SOCIAL})


def categories_of_basis(basis: Basis) -> frozenset[Category]:
    """What a basis can reach."""
    return BASIS_CATEGORIES[basis]


def categories_of_signer(role: FileRole, mission: str | None) -> frozenset[Category]:
    """What the signer may share: everything for the référent, their mission's for others."""
    if role is FileRole.REFERENT:
        return _EVERYTHING
    return MISSION_CATEGORIES.get((mission or "").upper(), _OTHER_MISSION)
