"""Every condition of a partage, one by one, with its article and the sentence that says it."""

from __future__ import annotations

from services.consent.domain.bases import ATTESTED, CSP_PROFESSIONS, Basis, Mission
from services.consent.domain.consentement import Scope
from services.consent.domain.elements import fields_of, is_forbidden
from services.consent.domain.partage import Partage
from services.consent.domain.question import Condition, Question, needs_consent, standing


def conditions_of(question: Question) -> tuple[Condition, ...]:
    """All of them, in the order they are told; each is needed."""
    return (
        *_of_the_fact(question),
        *_of_the_contract(question),
        *_of_the_person(question),
        *_of_the_partage(question),
        *_of_the_basis(question),
    )


def _is(code: str, holds: bool, article: str, explanation: str) -> Condition:
    return Condition(code=code, holds=holds, article=article, explanation=explanation)


def _of_the_fact(question: Question) -> tuple[Condition, ...]:
    never = "aucun flux, jamais"
    return (
        _is(
            "FORBIDDEN_FACT",
            not is_forbidden(question.topic) and bool(fields_of(question.topic)),
            never,
            "ce fait puisse figurer dans un flux",
        ),
        _is(
            "SENSITIVE",
            not question.is_sensitive,
            never,
            "le fait ne dise rien de violences, de protection de l’enfance ni d’un motif discret",
        ),
    )


def _of_the_contract(question: Question) -> tuple[Condition, ...]:
    partenaire, article = question.partenaire, "contrat du partenaire"
    active = partenaire is not None and partenaire.is_active(question.today)
    covered = partenaire is not None and bool(partenaire.contract.fields_for(question.topic))
    return (
        _is("NO_CONTRACT", active, article, "un contrat en cours lie le partenaire"),
        _is("NOT_IN_CONTRACT", covered, article, "le contrat prévoie ce fait"),
    )


def _of_the_person(question: Question) -> tuple[Condition, ...]:
    refused = any(o.scope is Scope.RECIPIENT for o in standing(question))
    return (
        _is(
            "PROTECTED",
            not question.situation.is_protected,
            "fiche protégée",
            "la fiche de la personne ne soit pas protégée",
        ),
        _is(
            "DECEASED",
            not question.situation.is_deceased,
            "code pénal 226-13",
            "la personne soit en vie (le secret demeure après le décès)",
        ),
        _is(
            "MINOR_ALONE",
            not question.minors_alone,
            "mineur seul",
            "un mineur ne soit pas seul concerné",
        ),
        _is(
            "OPPOSED", not refused, "RGPD art. 21", "la personne ne s’oppose pas à ce destinataire"
        ),
    )


def _of_the_partage(question: Question) -> tuple[Condition, ...]:
    partage, article = question.partage, "code pénal 226-13"
    if partage is None:
        return (
            _is("NO_PARTAGE", False, article, "un professionnel du dossier ait signé un partage"),
        )
    signed = _is("NO_PARTAGE", True, article, "un professionnel du dossier ait signé un partage")
    return (signed, *_of_its_terms(question, partage), *_of_its_contract(question, partage))


def _of_its_terms(question: Question, partage: Partage) -> tuple[Condition, ...]:
    partenaire, article = question.partenaire, "code pénal 226-13"
    happened = question.happened_at or question.now
    return (
        _is(
            "OTHER_RECIPIENT",
            partenaire is not None and partage.partenaire == partenaire.code,
            article,
            "le partage désigne ce destinataire",
        ),
        _is(
            "PARTAGE_ENDED",
            partage.ended_at is None and question.today <= partage.ends_on,
            article,
            "le partage ne soit pas terminé",
        ),
        _is(
            "BEFORE_PARTAGE",
            partage.signed_at <= happened and partage.signed_at <= question.now,
            article,
            "le fait soit postérieur à la signature du partage",
        ),
        _is(
            "NOT_SIGNED_FOR",
            question.topic in partage.elements,
            article,
            "le partage signé nomme ce fait",
        ),
    )


def _of_its_contract(question: Question, partage: Partage) -> tuple[Condition, ...]:
    contract = question.partenaire.contract if question.partenaire else None
    return (
        _is(
            "BASIS_NOT_IN_CONTRACT",
            contract is not None and partage.basis in contract.bases,
            "contrat du partenaire",
            "le contrat prévoie ce fondement",
        ),
        _is(
            "PURPOSE_NOT_IN_CONTRACT",
            contract is not None and partage.purpose in contract.purposes,
            "RGPD art. 5.1.b",
            "le contrat prévoie cette finalité",
        ),
    )


def _of_the_basis(question: Question) -> tuple[Condition, ...]:
    partage = question.partage
    if partage is None:
        return ()
    attested = tuple(
        _is(f"{partage.basis}:{r.code}", r.code in partage.attestations, r.article, r.why)
        for r in ATTESTED[partage.basis]
    )
    consent = _of_the_consent(question, partage) if needs_consent(partage) else ()
    return attested + _verified(question, partage) + consent


def _verified(question: Question, partage: Partage) -> tuple[Condition, ...]:
    """What the service checks itself, beside what the signer attests."""
    contract = question.partenaire.contract if question.partenaire else None
    missions = contract.missions if contract else frozenset()
    bound = contract is not None and contract.bound_by_secrecy
    match partage.basis:
        case Basis.CASF_L121_6_2:
            article = "CASF L121-6-2"
            social = missions & {Mission.SOCIAL_ACTION, Mission.ACCESS_TO_RIGHTS, Mission.HOUSING}
            named = partage.coordinator_agent_id is not None
            return (
                _is(
                    "RECIPIENT_NOT_SOCIAL",
                    bool(social),
                    article,
                    "le destinataire ait une mission sociale",
                ),
                _is("NO_COORDINATOR", named, article, "le coordonnateur soit nommé"),
            )
        case Basis.CASF_L226_2_2:
            article = "CASF L226-2-2"
            child = Mission.CHILD_PROTECTION in missions
            return (
                _is("RECIPIENT_NOT_BOUND", bound, article, "le destinataire soit soumis au secret"),
                _is(
                    "RECIPIENT_NOT_CHILD_PROTECTION",
                    child,
                    article,
                    "sa mission soit la protection de l’enfance",
                ),
            )
        case Basis.CSP_L1110_4:
            listed = partage.signer.profession in CSP_PROFESSIONS
            care = Mission.CARE in missions
            return (
                _is(
                    "SIGNER_NOT_LISTED",
                    listed,
                    "CSP R1110-2",
                    "la profession du signataire soit listée",
                ),
                _is(
                    "RECIPIENT_NOT_IN_CARE",
                    care,
                    "CSP L1110-4",
                    "le destinataire participe aux soins",
                ),
            )
        case _:
            return ()


def _of_the_consent(question: Question, partage: Partage) -> tuple[Condition, ...]:
    consent, article = question.consentement, "RGPD art. 4.11 et 7"
    if consent is None:
        return (_is("NO_CONSENT", False, article, "la personne ait consenti"),)
    today = question.today
    matches = consent.id == partage.consentement_id and consent.personne_id == partage.personne_id
    return (
        _is("NO_CONSENT", matches, article, "la personne ait consenti"),
        _is("CONSENT_NOT_INFORMED", consent.is_informed, article, "la personne ait été informée"),
        _is(
            "CONSENT_NOT_ABLE",
            consent.is_able,
            article,
            "la personne, ou son représentant, puisse consentir",
        ),
        _is(
            "CONSENT_OTHER_RECIPIENT",
            consent.partenaire == partage.partenaire,
            article,
            "le consentement désigne ce destinataire",
        ),
        _is(
            "CONSENT_OTHER_PURPOSE",
            consent.purpose == partage.purpose,
            article,
            "le consentement désigne cette finalité",
        ),
        _is(
            "CONSENT_NO_CATEGORY",
            bool(consent.categories),
            article,
            "des catégories soient nommées",
        ),
        _is(
            "CONSENT_OUT_OF_PERIOD",
            consent.starts_on <= today <= consent.ends_on,
            article,
            "le consentement soit dans sa période",
        ),
        _is(
            "CONSENT_NO_FORM",
            consent.has_form,
            article,
            "l’accord soit prouvé, et confirmé s’il est oral",
        ),
        _is(
            "CONSENT_WITHDRAWN",
            consent.withdrawn_at is None,
            "RGPD art. 7.3",
            "le consentement ne soit pas retiré",
        ),
    )
