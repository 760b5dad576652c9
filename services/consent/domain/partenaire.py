"""A partner and its contract: what it may ever be given, for what, on which basis."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from chassis.errors import Conflict, Invalid, NotFound
from services.consent.domain.bases import Basis, Mission
from services.consent.domain.elements import Category, fields_of, is_forbidden


class Channel(StrEnum):
    """How the partner reads its facts: by HTTP, or from its own queue (HTTP stays open)."""

    HTTP = "HTTP"
    AMQP = "AMQP"


class PartenaireNotFound(NotFound):
    code = "partenaire-inconnu"
    title = "Partenaire inconnu"


class PartenaireExists(Conflict):
    code = "partenaire-existant"
    title = "Un partenaire porte déjà ce code"


class ContractRefused(Invalid):
    """The contract asks for something that may be in no feed, or contradicts itself."""

    code = "contrat-refuse"
    title = "Contrat refusé"


@dataclass(frozen=True, kw_only=True)
class Contract:
    """The terms. `topics`: fact → field names. Both days of the period are included."""

    purposes: frozenset[str]
    bases: frozenset[Basis]
    topics: Mapping[str, frozenset[str]]
    categories: frozenset[Category]
    starts_on: date
    ends_on: date
    #: The recipient's people are bound by professional secrecy (code pénal, 226-13).
    bound_by_secrecy: bool = False
    #: The recipient's mission, as the convention states it.
    missions: frozenset[Mission] = frozenset()

    def is_active(self, day: date) -> bool:
        """Whether the period covers this Paris day."""
        return self.starts_on <= day <= self.ends_on

    def fields_for(self, topic: str) -> frozenset[str]:
        """The fields of a fact the contract covers: named in it, in its categories."""
        known = fields_of(topic)
        return frozenset(
            name
            for name in self.topics.get(topic, frozenset())
            if known.get(name) in self.categories
        )


@dataclass(eq=False, kw_only=True)
class Partenaire:
    """A recipient outside the département's social service."""

    code: str
    name: str
    channel: Channel
    contract: Contract
    created_at: datetime
    suspended_at: datetime | None = None
    version: int = 1

    def is_active(self, day: date) -> bool:
        """Whether anything at all may go to this partner on this Paris day."""
        return self.suspended_at is None and self.contract.is_active(day)


def check_contract(contract: Contract) -> Contract:
    """Answer the contract, or raise ContractRefused saying which field and why."""
    if contract.ends_on < contract.starts_on:
        raise ContractRefused("La fin précède le début.", field="/contract/ends_on")
    for topic, names in contract.topics.items():
        _check_topic(topic, names, contract.categories)
    return contract


def _check_topic(topic: str, names: frozenset[str], categories: frozenset[Category]) -> None:
    where = f"/contract/topics/{topic}"
    if is_forbidden(topic):
        raise ContractRefused(f"« {topic} » ne peut figurer dans aucun flux.", field=where)
    known = fields_of(topic)
    if not known:
        raise ContractRefused(f"« {topic} » n’est pas un fait partageable.", field=where)
    unknown = sorted(names - known.keys())
    if unknown or not names:
        raise ContractRefused(
            f"Champs non partageables : {', '.join(unknown)}." if unknown else "Aucun champ.",
            field=where,
        )
    missing = sorted({known[name] for name in names} - categories)
    if missing:
        raise ContractRefused(
            f"Catégories nécessaires et absentes du contrat : {', '.join(missing)}.", field=where
        )
