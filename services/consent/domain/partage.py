"""A partage: the act by which a named professional of the file decides to share given elements.

Consent alone does not lift secrecy (code pénal, 226-13): without this signature nothing leaves.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from chassis.errors import Forbidden, Invalid, NotFound
from services.consent.domain.bases import ATTESTED, Basis, FileRole
from services.consent.domain.consentement import Consentement
from services.consent.domain.partenaire import Contract

#: Longest partage, in days (*exemple*: one year, then the professional signs again).
MAX_DAYS = 366


class EndReason(StrEnum):
    """Why a partage ended."""

    EXPIRED = "EXPIRED"
    ACT = "ACT"


class PartageNotFound(NotFound):
    code = "partage-inconnu"
    title = "Partage inconnu"


class PartageRefused(Invalid):
    code = "partage-refuse"
    title = "Partage refusé"


class NotOfTheFile(Forbidden):
    """Only the référent and the associated professionals of the file sign."""

    code = "hors-du-dossier"
    title = "Seul un professionnel du dossier peut signer un partage"


@dataclass(frozen=True)
class Signer:
    """Who signed, as the file and the annuaire knew them at that moment."""

    agent_id: UUID
    role: FileRole
    mission: str | None
    profession: str
    mds: str | None = None
    site: str | None = None


@dataclass(eq=False, kw_only=True)
class Partage:
    """`elements`: fact → field names. `attestations`: codes the signer vouched for."""

    id: UUID
    personne_id: UUID
    dossier_id: UUID
    partenaire: str
    purpose: str
    basis: Basis
    elements: Mapping[str, frozenset[str]]
    attestations: frozenset[str]
    #: CSP L1110-4: the recipients belong to the same care team, consent is then not needed.
    same_team: bool = False
    coordinator_agent_id: UUID | None = None
    consentement_id: UUID | None = None
    signer: Signer
    reason: str = field(default="", repr=False)
    signed_at: datetime
    ends_on: date
    ended_at: datetime | None = None
    end_reason: EndReason | None = None
    version: int = 1

    def check(self, contract: Contract, today: date) -> None:
        """Raise PartageRefused, naming the field, when it could never let anything through."""
        if not today <= self.ends_on or (self.ends_on - today).days > MAX_DAYS:
            raise PartageRefused(
                f"De 0 à {MAX_DAYS} jours à partir d’aujourd’hui.", field="/ends_on"
            )
        if self.basis not in contract.bases:
            raise PartageRefused(
                "Le contrat du partenaire ne prévoit pas ce fondement.", field="/basis"
            )
        if self.purpose not in contract.purposes:
            raise PartageRefused(
                "Le contrat du partenaire ne prévoit pas cette finalité.", field="/purpose"
            )
        self._check_attestations()
        self._check_elements(contract)

    def _check_attestations(self) -> None:
        missing = [r for r in ATTESTED[self.basis] if r.code not in self.attestations]
        if missing:
            detail = " ; ".join(f"il faut que {r.why} ({r.article}, {r.code})" for r in missing)
            raise PartageRefused(f"Non attesté : {detail}.", field="/attestations")
        if self.basis is Basis.CASF_L121_6_2 and self.coordinator_agent_id is None:
            raise PartageRefused("Nommez le coordonnateur.", field="/coordinator_agent_id")
        needs_consent = self.basis is Basis.CONSENT or (
            self.basis is Basis.CSP_L1110_4 and not self.same_team
        )
        if needs_consent and self.consentement_id is None:
            raise PartageRefused("Ce fondement demande un consentement.", field="/consentement_id")

    def _check_elements(self, contract: Contract) -> None:
        if not self.elements:
            raise PartageRefused("Nommez au moins un élément.", field="/elements")
        for topic, names in self.elements.items():
            beyond = sorted(names - contract.fields_for(topic))
            if beyond or not names:
                detail = f"Hors du contrat : {', '.join(beyond)}." if beyond else "Aucun champ."
                raise PartageRefused(detail, field=f"/elements/{topic}")

    def check_consent(self, consentement: Consentement | None, today: date, *, minor: bool) -> None:
        """Raise PartageRefused unless the consent is this person's, this recipient's and holds."""
        fits = consentement is not None and (
            consentement.personne_id == self.personne_id
            and consentement.partenaire == self.partenaire
            and consentement.purpose == self.purpose
        )
        if consentement is None or not fits:
            raise PartageRefused(
                "Ce consentement vise une autre personne, un autre destinataire ou finalité.",
                field="/consentement_id",
            )
        if consentement.withdrawn_at is not None or consentement.ends_on < today:
            raise PartageRefused("Ce consentement n’est plus valable.", field="/consentement_id")
        if not consentement.is_able(minor=minor):
            raise PartageRefused(
                "Qui a consenti ne le peut pas, ou plus : la personne est mineure, ou devenue"
                " majeure.",
                field="/consentement_id",
            )

    def end(self, now: datetime, reason: EndReason) -> bool:
        """Close it. Answers False when it was already closed."""
        if self.ended_at is not None:
            return False
        self.ended_at, self.end_reason = now, reason
        return True
