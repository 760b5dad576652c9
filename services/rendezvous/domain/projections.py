"""What this service knows of others' data: ids, codes and flags, nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.protection import Protection


@dataclass(frozen=True, kw_only=True)
class Assignment:
    """An agent's post from `effective_on` until the next one."""

    agent_id: UUID
    effective_on: date
    profession: str
    mds: str
    site: str
    plateforme: bool
    volant: bool
    active: bool


def post_on(posts: Sequence[Assignment], day: date) -> Assignment | None:
    """The post on a day of one agent whose posts are given in order; before the first, the first.
    None of an agent of whom none is known."""
    begun = [post for post in posts if post.effective_on <= day]
    return begun[-1] if begun else next(iter(posts), None)


@dataclass(frozen=True, kw_only=True)
class KnownPersonne:
    """All that is kept of a person here."""

    personne_id: UUID
    deceased: bool = False
    #: Who may know of their file; None: accueil has not said.
    told: Protection | None = None


@dataclass(frozen=True, kw_only=True)
class KnownDossier:
    """Whom a dossier is about, and its lead référent (None once it is closed)."""

    dossier_id: UUID
    referent_agent_id: UUID | None
    personne_ids: frozenset[UUID]


@dataclass(frozen=True, kw_only=True)
class KnownSite:
    """A site and the MDS (territory) it belongs to."""

    site: str
    mds: str
    open: bool
