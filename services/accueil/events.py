"""The facts accueil publishes: ids, codes and dates; never a name, a contact or free text."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from chassis.events import Fact


@dataclass(frozen=True, kw_only=True)
class _AboutPersonne(Fact):
    """What every fact about a personne carries."""

    aggregate = "personne"
    key = "personne_id"

    personne_id: UUID
    personne_ids: tuple[UUID, ...]
    mds: str
    site: str


@dataclass(frozen=True, kw_only=True)
class PersonneRegistered(_AboutPersonne):
    """A personne is now on file, attached to a site."""

    name = "personne_registered"


@dataclass(frozen=True, kw_only=True)
class PersonneChanged(_AboutPersonne):
    """Parts of a personne's file changed; `changed` names the parts, never the values.

    Parts: IDENTITY, ADDRESS, PLACEMENT, LANGUAGE, CONTACTS, CIRCUMSTANCE, NATIONALITY.
    """

    name = "personne_changed"

    changed: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class PersonneDeceased(_AboutPersonne):
    """A personne died: messages and rendezvous stop, payments are held, secrecy continues."""

    name = "personne_deceased"

    died_on: date


@dataclass(frozen=True, kw_only=True)
class ProtectionChanged(_AboutPersonne):
    """Who may know of a file changed: protected or not, open and closed to agents (sorted).

    Why stays in accueil. A service that holds something about the personne closes it to whom
    accueil closes the file; without the two lists (facts of before) it asks accueil.
    """

    name = "protection_changed"

    protected: bool
    opened_agent_ids: tuple[UUID, ...] | None = None
    closed_agent_ids: tuple[UUID, ...] | None = None


@dataclass(frozen=True, kw_only=True)
class ContactSafetyChanged(_AboutPersonne):
    """The absolute *no contact* flag was set or lifted."""

    name = "contact_safety_changed"

    no_contact: bool


@dataclass(frozen=True, kw_only=True)
class _AboutAgent(Fact):
    """An agent and the assignment that starts on `effective_on`."""

    aggregate = "agent"
    key = "agent_id"

    agent_id: UUID
    profession: str
    secrecy_basis: str
    mds: str
    site: str
    plateforme: bool
    volant: bool
    full_time_percent: int
    effective_on: date
    active: bool


@dataclass(frozen=True, kw_only=True)
class AgentRegistered(_AboutAgent):
    """An agent entered the annuaire, with the assignment that starts on `effective_on`."""

    name = "agent_registered"


@dataclass(frozen=True, kw_only=True)
class AgentChanged(_AboutAgent):
    """An agent's assignment is this one from `effective_on`; `active` false: the agent leaves."""

    name = "agent_changed"


@dataclass(frozen=True, kw_only=True)
class SiteChanged(Fact):
    """A site was created, opened, closed or changed kind. `site_id` is the uuid5 of its code."""

    name = "site_changed"
    aggregate = "site"
    key = "site_id"

    site_id: UUID
    site: str
    mds: str
    kind: str
    open: bool


@dataclass(frozen=True, kw_only=True)
class _AboutVisite(Fact):
    """What every fact about a visite carries; nobody is named of an anonymous one."""

    aggregate = "visite"
    key = "visite_id"

    visite_id: UUID
    personne_ids: tuple[UUID, ...]
    mds: str
    site: str


@dataclass(frozen=True, kw_only=True)
class VisiteOpened(_AboutVisite):
    """Someone came, called or wrote; `personne_ids` is empty for an anonymous visite."""

    name = "visite_opened"

    channel: str
    origin: str


@dataclass(frozen=True, kw_only=True)
class VisiteClosed(_AboutVisite):
    """A visite ended, with its outcome (LEFT: without being seen)."""

    name = "visite_closed"

    outcome: str


@dataclass(frozen=True, kw_only=True)
class _AboutOrientation(Fact):
    """What every fact about an orientation carries."""

    aggregate = "orientation"
    key = "orientation_id"

    orientation_id: UUID
    personne_ids: tuple[UUID, ...]
    mds: str
    site: str


@dataclass(frozen=True, kw_only=True)
class OrientationRequested(_AboutOrientation):
    """Someone is asked to take a need up, by `due_on` included (Paris day)."""

    name = "orientation_requested"

    visite_id: UUID | None = None
    target: str
    target_agent_id: UUID | None = None
    due_on: date


@dataclass(frozen=True, kw_only=True)
class OrientationAnswered(_AboutOrientation):
    """An orientation was taken up: by a service's code, or by an agent's id."""

    name = "orientation_answered"

    answered_by: str


@dataclass(frozen=True, kw_only=True)
class OrientationOverdue(_AboutOrientation):
    """Nobody took an orientation up by its deadline. Told once."""

    name = "orientation_overdue"

    due_on: date


FACTS: tuple[type[Fact], ...] = (
    PersonneRegistered,
    PersonneChanged,
    PersonneDeceased,
    ProtectionChanged,
    ContactSafetyChanged,
    AgentRegistered,
    AgentChanged,
    SiteChanged,
    VisiteOpened,
    VisiteClosed,
    OrientationRequested,
    OrientationAnswered,
    OrientationOverdue,
)
