"""The decision: may this fact about this person go to this partner now, and which fields of it?

Deny by default. Every condition is evaluated and explained, so that a person, a professional or
the DPO can read why. One that does not hold is enough to refuse.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from services.consent.domain.bases import (
    RULES_VERSION,
    categories_of_basis,
    categories_of_signer,
)
from services.consent.domain.conditions import conditions_of
from services.consent.domain.consentement import Consentement
from services.consent.domain.elements import Category, fields_of
from services.consent.domain.partage import Partage
from services.consent.domain.question import Condition, Question, needs_consent, standing


@dataclass(frozen=True, kw_only=True)
class Decision:
    """`reason`: code of the first condition that failed, or ALLOWED."""

    allowed: bool
    reason: str
    fields: frozenset[str]
    conditions: tuple[Condition, ...]
    rule: str
    rule_version: str = RULES_VERSION

    @property
    def explanation(self) -> str:
        """One French sentence for the log; `conditions` holds the whole of it."""
        if self.allowed:
            return f"Autorisé : {self.rule}, champs {', '.join(sorted(self.fields))}."
        failed = next(c for c in self.conditions if not c.holds)
        return f"Refusé : il faut que {failed.explanation} ({failed.article})."


ALLOWED = "ALLOWED"


def decide(question: Question) -> Decision:
    """Evaluate every condition, then the fields; deny by default."""
    fields = effective_fields(question)
    conditions = (
        *conditions_of(question),
        Condition(
            code="NO_FIELD",
            holds=bool(fields),
            article="code pénal 226-13",
            explanation="au moins un champ soit partageable",
        ),
    )
    failed = next((c.code for c in conditions if not c.holds), None)
    return Decision(
        allowed=failed is None,
        reason=failed or ALLOWED,
        fields=fields if failed is None else frozenset(),
        conditions=conditions,
        rule=f"PARTAGE_{question.partage.basis}" if question.partage else "PARTAGE",
    )


def best(decisions: Iterable[Decision]) -> Decision:
    """Of several partages for one person, the one that lets most through."""
    return max(decisions, key=lambda decision: (decision.allowed, len(decision.fields)))


def effective_fields(question: Question) -> frozenset[str]:
    """Requested ∩ signed ∩ allowed by basis and mission ∩ contract − oppositions."""
    partage, partenaire = question.partage, question.partenaire
    if partage is None or partenaire is None:
        return frozenset()
    known = fields_of(question.topic)
    reachable = _reachable_categories(partage, question.consentement)
    return frozenset(
        name
        for name in question.requested
        & partage.elements.get(question.topic, frozenset())
        & partenaire.contract.fields_for(question.topic)
        if name in known and known[name] in reachable and not _opposed(question, name, known[name])
    )


def _reachable_categories(
    partage: Partage, consentement: Consentement | None
) -> frozenset[Category]:
    reachable = categories_of_basis(partage.basis) & categories_of_signer(
        partage.signer.role, partage.signer.mission
    )
    if needs_consent(partage):
        return reachable & (consentement.categories if consentement else frozenset())
    return reachable


def _opposed(question: Question, name: str, category: Category) -> bool:
    return any(
        opposition.removes(topic=question.topic, name=name, category=category)
        for opposition in standing(question)
    )
