"""Contracts and shared elements as JSON values, and back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from services.consent.domain.bases import Basis, Mission
from services.consent.domain.elements import Category
from services.consent.domain.partenaire import Contract


def plain_elements(elements: Mapping[str, frozenset[str]]) -> dict[str, list[str]]:
    """Elements as JSON values."""
    return {topic: sorted(names) for topic, names in sorted(elements.items())}


def plain_terms(contract: Contract) -> dict[str, Any]:
    """A contract as JSON values."""
    return {
        "purposes": sorted(contract.purposes),
        "bases": sorted(contract.bases),
        "topics": plain_elements(contract.topics),
        "categories": sorted(contract.categories),
        "starts_on": contract.starts_on.isoformat(),
        "ends_on": contract.ends_on.isoformat(),
        "bound_by_secrecy": contract.bound_by_secrecy,
        "missions": sorted(contract.missions),
    }


def terms_from(value: Mapping[str, Any]) -> Contract:
    """A contract out of JSON values."""
    return Contract(
        purposes=frozenset(value["purposes"]),
        bases=frozenset(Basis(item) for item in value["bases"]),
        topics=elements_from(value["topics"]),
        categories=frozenset(Category(item) for item in value["categories"]),
        starts_on=date.fromisoformat(value["starts_on"]),
        ends_on=date.fromisoformat(value["ends_on"]),
        bound_by_secrecy=value["bound_by_secrecy"],
        missions=frozenset(Mission(item) for item in value["missions"]),
    )


def elements_from(value: Mapping[str, Any]) -> dict[str, frozenset[str]]:
    """Elements out of JSON values."""
    return {topic: frozenset(names) for topic, names in value.items()}
