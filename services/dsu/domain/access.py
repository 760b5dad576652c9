"""Who may do what with a dossier, by a dated matrix (*exemple*: fiche action 3 leaves it open).

The référent; associated professionals within their mission and period; the responsable and the
adjoint of the dossier's MDS for a named act, never by rank alone. Nobody else knows it exists.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from typing import Any
from uuid import UUID

from chassis.errors import Invalid
from services.dsu.domain.annuaire import Agent
from services.dsu.domain.dossier import Act, Dossier
from services.dsu.domain.errors import ActNotAllowed, DossierNotFound, UnknownCode
from services.dsu.domain.versions import optional_day, read_versions, version_on


class Purpose(StrEnum):
    """The acts for which a responsable enters a dossier."""

    VALIDATION = "VALIDATION"
    IP = "IP"
    COMMISSION = "COMMISSION"


class Quality(StrEnum):
    """In what quality one enters a dossier."""

    REFERENT = "REFERENT"
    ASSOCIATED = "ASSOCIATED"
    RESPONSABLE = "RESPONSABLE"
    RESPONSABLE_ADJOINT = "RESPONSABLE_ADJOINT"


class NoteScope(StrEnum):
    """Whom the author of a note lets read it."""

    AUTHOR = "AUTHOR"
    DOSSIER = "DOSSIER"
    MDS_SERVICE = "MDS_SERVICE"
    SHAREABLE = "SHAREABLE"


@dataclass(frozen=True, kw_only=True)
class Rule:
    """What one quality may do. `purposes` empty: none is needed."""

    acts: frozenset[Act]
    scopes: frozenset[NoteScope]
    purposes: frozenset[Purpose]
    protected: bool


@dataclass(frozen=True, kw_only=True)
class Matrix:
    """One version of the matrix. A mission without champs opens every champ."""

    version: str
    valid_from: date
    valid_to: date | None
    rules: Mapping[Quality, Rule]
    missions: Mapping[str, frozenset[str] | None]

    def check_mission(self, mission: str) -> None:
        """Refuse a mission this version does not know. Raises UnknownCode."""
        if mission not in self.missions:
            known = ", ".join(sorted(self.missions))
            raise UnknownCode(f"Missions admises : {known}.", field="/mission")

    def champs_of(self, missions: tuple[str, ...]) -> frozenset[str] | None:
        """The champs these missions open together; None for all."""
        opened: set[str] = set()
        for mission in missions:
            champs = self.missions.get(mission, frozenset())
            if champs is None:
                return None
            opened |= champs
        return frozenset(opened)


@dataclass(frozen=True, kw_only=True)
class Asker:
    """Who asks, as the annuaire knows them that day; `purpose` is the act they name, if any."""

    agent: Agent
    is_responsable: bool
    purpose: Purpose | None


@dataclass(frozen=True, kw_only=True)
class Access:
    """What was granted, and under which version. `champs` None: every champ."""

    agent_id: UUID
    quality: Quality
    matrix_version: str
    scopes: frozenset[NoteScope]
    champs: frozenset[str] | None

    def reads_note(self, *, scope: NoteScope | None, author: UUID) -> bool:
        """Whether a note's text may leave to this reader; an AUTHOR note only to its author."""
        if scope is NoteScope.AUTHOR:
            return author == self.agent_id
        return scope in self.scopes

    def covers(self, champ: str) -> bool:
        """Whether the mission opens this champ."""
        return self.champs is None or champ in self.champs


def decide(dossier: Dossier, act: Act, *, asker: Asker, day: date, protected: bool) -> Access:
    """Grant an act on a dossier, or refuse it.

    Raises DossierNotFound to whoever has no place in it, ActNotAllowed to who has one that does
    not go that far. `protected`: one of the personnes is, as accueil says.
    """
    matrix = matrix_on(day)
    entered = [
        (quality, champs)
        for quality, champs in _qualities(dossier, asker, day, matrix)
        if _may_enter(matrix.rules[quality], asker, protected)
    ]
    if not asker.agent.active or not entered:
        raise DossierNotFound()
    for quality, champs in entered:
        rule = matrix.rules[quality]
        if act in rule.acts:
            return Access(
                agent_id=asker.agent.agent_id,
                quality=quality,
                matrix_version=matrix.version,
                scopes=rule.scopes,
                champs=champs,
            )
    raise ActNotAllowed("Adressez-vous au référent du dossier.")


def purpose_from(text: str | None) -> Purpose | None:
    """The purpose a request names. Raises Invalid for a code that is not one."""
    if text is None:
        return None
    try:
        return Purpose(text)
    except ValueError:
        known = ", ".join(Purpose)
        raise Invalid(f"Motif d’accès inconnu ; admis : {known}.", field="/X-Purpose") from None


def matrix_on(day: date) -> Matrix:
    """The matrix valid that day. Nobody enters where none is: raises DossierNotFound."""
    found = version_on(_versions(), day)
    if found is None:
        raise DossierNotFound()
    return found


def _qualities(
    dossier: Dossier, asker: Asker, day: date, matrix: Matrix
) -> Iterator[tuple[Quality, frozenset[str] | None]]:
    if dossier.referent_agent_id == asker.agent.agent_id:
        yield Quality.REFERENT, None
    if missions := dossier.missions_of(asker.agent.agent_id, day):
        yield Quality.ASSOCIATED, matrix.champs_of(missions)
    heads = (Quality.RESPONSABLE, Quality.RESPONSABLE_ADJOINT)
    if asker.is_responsable and asker.agent.profession in heads and asker.agent.mds == dossier.mds:
        yield Quality(asker.agent.profession), None


def _may_enter(rule: Rule, asker: Asker, protected: bool) -> bool:
    if protected and not rule.protected:
        return False
    return not rule.purposes or asker.purpose in rule.purposes


@cache
def _versions() -> tuple[Matrix, ...]:
    return tuple(_read(document) for document in read_versions("matrices"))


def _read(document: Mapping[str, Any]) -> Matrix:
    return Matrix(
        version=document["version"],
        valid_from=date.fromisoformat(document["valid_from"]),
        valid_to=optional_day(document.get("valid_to")),
        rules={Quality(name): _rule(rule) for name, rule in document["qualities"].items()},
        missions={
            name: None if mission["champs"] == "*" else frozenset(mission["champs"])
            for name, mission in document["missions"].items()
        },
    )


def _rule(document: Mapping[str, Any]) -> Rule:
    return Rule(
        acts=frozenset(map(Act, document["acts"])),
        scopes=frozenset(map(NoteScope, document["note_scopes"])),
        purposes=frozenset(map(Purpose, document["purposes"])),
        protected=document["protected"],
    )
