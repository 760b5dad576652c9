"""The règlement départemental of aid, as dated data: what each nature allows, article by article.

No local value is published: `reglements/exemple-2023.json` is an *example* to replace by what
the assemblée départementale voted. A demande keeps the version in force on the day it was filed.
Amounts are in cents.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from chassis.errors import Conflict, Invalid
from services.aides.domain.nature import REGIMES, Nature


class Exceeded(StrEnum):
    """What a limit does once exceeded: stop the aid, or send it to the commission."""

    REFUS = "REFUS"
    COMMISSION = "COMMISSION"


class Act(StrEnum):
    """What the commission gives: an opinion the decider follows or not, or the decision itself."""

    AVIS = "AVIS"
    DECISION = "DECISION"


class UnlawfulReglement(Invalid):
    """The règlement asks what the law forbids."""

    code = "reglement-contraire-a-la-loi"
    title = "Règlement contraire à la loi"


class ReglementAlreadyInForce(Conflict):
    """A version exists for this date, or the new one would change the past."""

    code = "reglement-deja-en-vigueur"
    title = "Une version du règlement couvre déjà cette date"


class NoReglement(Conflict):
    """Nothing in force: no demande can be examined."""

    code = "aucun-reglement-en-vigueur"
    title = "Aucun règlement des aides n’est en vigueur à cette date"


@dataclass(frozen=True, kw_only=True)
class Limit:
    """A threshold of the règlement, its article, and what exceeding it does."""

    article: str
    cents: int
    exceeded: Exceeded


@dataclass(frozen=True, kw_only=True)
class Plafond:
    """The most one aid gives: a base and a supplement per dependent child."""

    article: str
    base_cents: int
    per_child_cents: int
    exceeded: Exceeded

    def for_children(self, children: int) -> int:
        """The ceiling of a household, in cents."""
        return self.base_cents + children * self.per_child_cents


@dataclass(frozen=True, kw_only=True)
class Cumul:
    """How many aids a household may get in a civil year, and which never in the same month."""

    article: str
    max_per_year: int
    counted: tuple[Nature, ...]
    never_same_month: tuple[Nature, ...]
    exceeded: Exceeded


@dataclass(frozen=True, kw_only=True)
class Delegation:
    """Up to which amount each role decides alone; `urgent_cents` within 48 hours."""

    article: str
    up_to_cents: Mapping[str, int]
    urgent_cents: int

    def limit_of(self, roles: frozenset[str], *, urgent: bool) -> int:
        """The most these roles grant alone, in cents (0: nothing)."""
        own = max((self.up_to_cents.get(role, 0) for role in roles), default=0)
        return max(own, self.urgent_cents) if own and urgent else own


@dataclass(frozen=True, kw_only=True)
class NatureRules:
    """Everything the règlement says of one nature."""

    publics: tuple[str, ...]
    publics_article: str
    #: What a situation outside these publics does.
    publics_exceeded: Exceeded
    reste_a_vivre: Limit
    plafond: Plafond
    plafond_annuel: Limit
    cumul: Cumul
    residence_months: int
    residence_article: str
    obligation_alimentaire: bool
    age_min: int | None
    age_max: int | None
    age_article: str
    delegation: Delegation
    commission_act: Act
    #: How many must sit for the commission to see a file.
    commission_quorum: int

    @property
    def ages(self) -> range | None:
        """The ages the aid is for, in completed years; None: everyone."""
        if self.age_min is None or self.age_max is None:
            return None
        return range(self.age_min, self.age_max + 1)


@dataclass(eq=False, kw_only=True)
class Reglement:
    """One version of the règlement. Never changed once stored: a correction is a new version."""

    id: UUID
    code: str
    version: str
    is_example: bool
    effective_from: date
    adopted_by: str
    body: Mapping[str, Any]

    @property
    def label(self) -> str:
        """How an explanation names it."""
        return f"{self.code} {self.version}" + (" (exemple)" if self.is_example else "")

    def rules_of(self, nature: Nature) -> NatureRules:
        """The rules of one nature, read from the stored body."""
        return read_rules(self.body[nature])


def read_rules(data: Mapping[str, Any]) -> NatureRules:
    """One nature's rules from plain JSON values, already checked by the HTTP schema."""
    age = data.get("age") or {}
    return NatureRules(
        publics=tuple(data["publics"]["codes"]),
        publics_article=data["publics"]["article"],
        # A règlement loaded before this could be said leaves it to the commission.
        publics_exceeded=Exceeded(data["publics"].get("exceeded", Exceeded.COMMISSION)),
        reste_a_vivre=_limit(data["reste_a_vivre"], "max_cents_per_person_day"),
        plafond=_plafond(data["plafond"]),
        plafond_annuel=_limit(data["plafond_annuel"], "cents"),
        cumul=_cumul(data["cumul"]),
        residence_months=data["residence"]["min_months"],
        residence_article=data["residence"]["article"],
        obligation_alimentaire=data["obligation_alimentaire"],
        age_min=age.get("min"),
        age_max=age.get("max"),
        age_article=age.get("article", ""),
        delegation=_delegation(data["delegation"]),
        commission_act=Act(data["commission_act"]),
        commission_quorum=data.get("commission_quorum", 1),
    )


def _limit(data: Mapping[str, Any], cents: str) -> Limit:
    return Limit(article=data["article"], cents=data[cents], exceeded=Exceeded(data["exceeded"]))


def _plafond(data: Mapping[str, Any]) -> Plafond:
    return Plafond(
        article=data["article"],
        base_cents=data["base_cents"],
        per_child_cents=data["per_child_cents"],
        exceeded=Exceeded(data["exceeded"]),
    )


def _cumul(data: Mapping[str, Any]) -> Cumul:
    return Cumul(
        article=data["article"],
        max_per_year=data["max_per_year"],
        counted=tuple(Nature(code) for code in data["counted"]),
        never_same_month=tuple(Nature(code) for code in data["never_same_month"]),
        exceeded=Exceeded(data["exceeded"]),
    )


def _delegation(data: Mapping[str, Any]) -> Delegation:
    return Delegation(
        article=data["article"],
        up_to_cents={step["role"]: step["up_to_cents"] for step in data["steps"]},
        urgent_cents=data["urgent_cents"],
    )


def check_lawful(body: Mapping[str, Any]) -> None:
    """Refuse a règlement the law forbids, naming the field. Raises UnlawfulReglement.

    A prestation légale knows no limit that refuses by itself (CE 29/05/2019 n° 417467); the FAJ
    asks neither a minimum residence nor the obligation alimentaire (CASF L263-3).
    """
    for nature in Nature:
        _check_nature(nature, body[nature])


def _check_nature(nature: Nature, data: Mapping[str, Any]) -> None:
    regime, rules = REGIMES[nature], read_rules(data)
    if regime.is_legal:
        _check_no_refusal(nature, data)
        _check_no_age(nature, rules)
    if rules.residence_months and not regime.residence_allowed:
        raise UnlawfulReglement(
            f"Aucune durée de résidence ne peut être exigée ({nature} : {regime.source}).",
            field=f"/natures/{nature}/residence/min_months",
        )
    if rules.obligation_alimentaire and not regime.obligation_alimentaire_allowed:
        raise UnlawfulReglement(
            f"L’obligation alimentaire ne peut être opposée ({nature} : {regime.source}).",
            field=f"/natures/{nature}/obligation_alimentaire",
        )
    if regime.age_required and (rules.age_min is None or rules.age_max is None):
        raise UnlawfulReglement(
            "Le FAJ s’adresse aux jeunes de 18 à 25 ans : indiquez les deux bornes (CASF L263-3).",
            field=f"/natures/{nature}/age",
        )


def _check_no_refusal(nature: Nature, data: Mapping[str, Any]) -> None:
    for part in ("publics", "reste_a_vivre", "plafond", "plafond_annuel", "cumul"):
        if data[part].get("exceeded") == Exceeded.REFUS:
            raise UnlawfulReglement(
                "Pour une prestation légale, un dépassement conduit à l’évaluation individuelle "
                "et à la commission, jamais à un refus (CASF L223-1 ; CE 29/05/2019 n° 417467).",
                field=f"/natures/{nature}/{part}/exceeded",
            )


def _check_no_age(nature: Nature, rules: NatureRules) -> None:
    """The law sets no age for whom it helps, and an age that is never read would block them all."""
    if rules.age_min is not None or rules.age_max is not None:
        raise UnlawfulReglement(
            "La loi ne pose pas de condition d’âge à cette prestation (CASF L222-2, L222-3).",
            field=f"/natures/{nature}/age",
        )
