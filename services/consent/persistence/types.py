"""Columns that hold codes, sets of codes, shared elements and contract terms."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg
from sqlalchemy.types import TypeDecorator

from services.consent.domain.bases import Basis, Mission
from services.consent.domain.elements import Category
from services.consent.domain.partenaire import Contract


class Codes(TypeDecorator[frozenset[str]]):
    """A set of codes, stored as a sorted array."""

    impl = pg.ARRAY(sa.Text)
    cache_ok = True

    def __init__(self, enum: type[StrEnum] | type[str] = str) -> None:
        super().__init__()
        self.enum = enum

    def process_bind_param(self, value: frozenset[str] | None, dialect: Any) -> list[str] | None:
        return None if value is None else sorted(str(item) for item in value)

    def process_result_value(self, value: Any, dialect: Any) -> frozenset[str] | None:
        return None if value is None else frozenset(self.enum(item) for item in value)


class Elements(TypeDecorator[Mapping[str, frozenset[str]]]):
    """Fact → fields."""

    impl = pg.JSONB
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Any) -> Any:
        return None if value is None else plain_elements(value)

    def process_result_value(self, value: Any, dialect: Any) -> Any:
        return None if value is None else _elements(value)


class Terms(TypeDecorator[Contract]):
    """The terms of a contract."""

    impl = pg.JSONB
    cache_ok = True

    def process_bind_param(self, value: Contract | None, dialect: Any) -> Any:
        return None if value is None else plain_terms(value)

    def process_result_value(self, value: Any, dialect: Any) -> Contract | None:
        return None if value is None else _terms(value)


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


def _terms(value: Mapping[str, Any]) -> Contract:
    return Contract(
        purposes=frozenset(value["purposes"]),
        bases=frozenset(Basis(item) for item in value["bases"]),
        topics=_elements(value["topics"]),
        categories=frozenset(Category(item) for item in value["categories"]),
        starts_on=date.fromisoformat(value["starts_on"]),
        ends_on=date.fromisoformat(value["ends_on"]),
        bound_by_secrecy=value["bound_by_secrecy"],
        missions=frozenset(Mission(item) for item in value["missions"]),
    )


def _elements(value: Mapping[str, Any]) -> dict[str, frozenset[str]]:
    return {topic: frozenset(names) for topic, names in value.items()}
