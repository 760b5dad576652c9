"""Dated data held beside the code: each version says from when it holds and where it is from."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any, Protocol, TypeVar


class Dated(Protocol):
    """Anything valid from a day on, until another version replaces it or it ends."""

    @property
    def valid_from(self) -> date: ...

    @property
    def valid_to(self) -> date | None: ...


V = TypeVar("V", bound=Dated)


def read_versions(folder: str) -> list[dict[str, Any]]:
    """The JSON documents of `services/dsu/<folder>/`, by file name."""
    place = Path(__file__).parents[1] / folder
    return [json.loads(path.read_text("utf-8")) for path in sorted(place.glob("*.json"))]


def version_on(versions: Iterable[V], day: date) -> V | None:
    """The version valid that day, if any."""
    for version in versions:
        if version.valid_from <= day and (version.valid_to is None or day <= version.valid_to):
            return version
    return None


def optional_day(text: str | None) -> date | None:
    """An ISO day that may be absent."""
    return date.fromisoformat(text) if text else None
