"""Finding a file without reading names: everything here is a keyed digest."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from services.accueil.domain.doublons import Signature


@dataclass(frozen=True, kw_only=True)
class FileIndex:
    """What finds one file: what it is compared on, and its words, their beginnings, their sound."""

    signature: Signature
    tokens: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class SearchTerms:
    """What is looked for. Each word is (as spelled, as heard): either fits."""

    words: tuple[tuple[str, str], ...] = ()
    born: str | None = None
    contacts: tuple[str, ...] = ()
    reference: str | None = None


@dataclass(frozen=True, kw_only=True)
class Viewer:
    """Who looks, as far as the visibility of files goes."""

    agent_id: UUID | None
    #: Responsable or DPO: protected files are not hidden from them by rank.
    sees_protected: bool
