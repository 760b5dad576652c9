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


#: A stable code, whether it holds, and the end of « il faut que… ».
_Need = tuple[str, bool, str]


def _needs(article: str, *needs: _Need) -> tuple[Condition, ...]:
    return tuple(
        Condition(code=code, holds=holds, article=article, explanation=why)
        for code, holds, why in needs
    )


def _of_the_fact(question: Question) -> tuple[Condition, ...]:
    exists = not is_forbidden(question.topic) and bool(fields_of(question.topic))
    return _needs(
        "aucun flux, jamais",
        ("FORBIDDEN_FACT", exists, "ce fait puisse figurer dans un flux"),
        (
            "SENSITIVE",
            not question.is_sensitive,
            "le fait ne dise rien de violences, de protection de l’enfance ni d’un motif discret",
        ),
    )


def _of_the_contract(question: Question) -> tuple[Condition, ...]:
    partenaire = question.partenaire
    active = partenaire is not None and partenaire.is_active(question.today)
    covered = partenaire is not None and bool(partenaire.contract.fields_for(question.topic))
    return _needs(
        "contrat du partenaire",
        ("NO_CONTRACT", active, "un contrat en cours lie le partenaire"),
        ("NOT_IN_CONTRACT", covered, "le contrat prévoie ce fait"),
    )


def _of_the_person(question: Question) -> tuple[Condition, ...]:
    situation = question.situation
    refused = any(o.scope is Scope.RECIPIENT for o in standing(question))
    alive = "la personne soit en vie (le secret demeure après le décès)"
    unprotected = "la fiche de la personne ne soit pas protégée"
    return (
        *_needs("fiche protégée", ("PROTECTED", not situation.is_protected, unprotected)),
        *_needs("code pénal 226-13", ("DECEASED", not situation.is_deceased, alive)),
        *_needs(
            "mineur seul",
            ("MINOR_ALONE", not question.minors_alone, "un mineur ne soit pas seul concerné"),
        ),
        *_needs(
            "RGPD art. 21",
            ("OPPOSED", not refused, "la personne ne s’oppose pas à ce destinataire"),
        ),
    )


def _of_the_partage(question: Question) -> tuple[Condition, ...]:
    partage = question.partage
    signed = _needs(
        "code pénal 226-13",
        ("NO_PARTAGE", partage is not None, "un professionnel du dossier ait signé un partage"),
    )
    if partage is None:
        return signed
    return (*signed, *_of_its_terms(question, partage), *_of_its_contract(question, partage))


def _of_its_terms(question: Question, partage: Partage) -> tuple[Condition, ...]:
    partenaire, happened = question.partenaire, question.happened_at or question.now
    named = partenaire is not None and partage.partenaire == partenaire.code
    running = partage.ended_at is None and question.today <= partage.ends_on
    after = partage.signed_at <= happened and partage.signed_at <= question.now
    return _needs(
        "code pénal 226-13",
        ("OTHER_RECIPIENT", named, "le partage désigne ce destinataire"),
        ("PARTAGE_ENDED", running, "le partage ne soit pas terminé"),
        ("BEFORE_PARTAGE", after, "le fait soit postérieur à la signature du partage"),
        ("NOT_SIGNED_FOR", question.topic in partage.elements, "le partage signé nomme ce fait"),
    )


def _of_its_contract(question: Question, partage: Partage) -> tuple[Condition, ...]:
    contract = question.partenaire.contract if question.partenaire else None
    basis = contract is not None and partage.basis in contract.bases
    purpose = contract is not None and partage.purpose in contract.purposes
    return (
        *_needs(
            "contrat du partenaire",
            ("BASIS_NOT_IN_CONTRACT", basis, "le contrat prévoie ce fondement"),
        ),
        *_needs(
            "RGPD art. 5.1.b",
            ("PURPOSE_NOT_IN_CONTRACT", purpose, "le contrat prévoie cette finalité"),
        ),
    )


def _of_the_basis(question: Question) -> tuple[Condition, ...]:
    partage = question.partage
    if partage is None:
        return ()
    attested = tuple(
        condition
        for need in ATTESTED[partage.basis]
        for condition in _needs(
            need.article,
            (f"{partage.basis}:{need.code}", need.code in partage.attestations, need.why),
        )
    )
    consent = _of_the_consent(question, partage) if needs_consent(partage) else ()
    return attested + _verified(question, partage) + consent


def _verified(question: Question, partage: Partage) -> tuple[Condition, ...]:
    """What the service checks itself, beside what the signer attests."""
    contract = question.partenaire.contract if question.partenaire else None
    missions = contract.missions if contract else frozenset()
    match partage.basis:
        case Basis.CASF_L121_6_2:
            return _of_l121_6_2(partage, missions)
        case Basis.CASF_L226_2_2:
            return _of_l226_2_2(missions, bound=contract is not None and contract.bound_by_secrecy)
        case Basis.CSP_L1110_4:
            return _of_l1110_4(partage, missions)
        case _:
            return ()


def _of_l121_6_2(partage: Partage, missions: frozenset[Mission]) -> tuple[Condition, ...]:
    social = missions & {Mission.SOCIAL_ACTION, Mission.ACCESS_TO_RIGHTS, Mission.HOUSING}
    named = partage.coordinator_agent_id is not None
    return _needs(
        "CASF L121-6-2",
        ("RECIPIENT_NOT_SOCIAL", bool(social), "le destinataire ait une mission sociale"),
        ("NO_COORDINATOR", named, "le coordonnateur soit nommé"),
    )


def _of_l226_2_2(missions: frozenset[Mission], *, bound: bool) -> tuple[Condition, ...]:
    child = Mission.CHILD_PROTECTION in missions
    return _needs(
        "CASF L226-2-2",
        ("RECIPIENT_NOT_BOUND", bound, "le destinataire soit soumis au secret"),
        ("RECIPIENT_NOT_CHILD_PROTECTION", child, "sa mission soit la protection de l’enfance"),
    )


def _of_l1110_4(partage: Partage, missions: frozenset[Mission]) -> tuple[Condition, ...]:
    listed = partage.signer.profession in CSP_PROFESSIONS
    care = Mission.CARE in missions
    return (
        *_needs(
            "CSP R1110-2",
            ("SIGNER_NOT_LISTED", listed, "la profession du signataire soit listée"),
        ),
        *_needs(
            "CSP L1110-4",
            ("RECIPIENT_NOT_IN_CARE", care, "le destinataire participe aux soins"),
        ),
    )


def _of_the_consent(question: Question, partage: Partage) -> tuple[Condition, ...]:
    consent, article = question.consentement, "RGPD art. 4.11 et 7"
    if consent is None:
        return _needs(article, ("NO_CONSENT", False, "la personne ait consenti"))
    same = consent.id == partage.consentement_id and consent.personne_id == partage.personne_id
    recipient = consent.partenaire == partage.partenaire
    purpose = consent.purpose == partage.purpose
    current = consent.starts_on <= question.today <= consent.ends_on
    able = consent.is_able(minor=question.situation.is_minor(question.today))
    kept = consent.withdrawn_at is None
    return (
        *_needs(
            article,
            ("NO_CONSENT", same, "la personne ait consenti"),
            ("CONSENT_NOT_INFORMED", consent.is_informed, "la personne ait été informée"),
        ),
        *_needs(
            "code civil 388-1-1 et 459",
            ("CONSENT_NOT_ABLE", able, "la personne, ou son représentant, puisse consentir"),
        ),
        *_needs(
            article,
            ("CONSENT_OTHER_RECIPIENT", recipient, "le consentement désigne ce destinataire"),
            ("CONSENT_OTHER_PURPOSE", purpose, "le consentement désigne cette finalité"),
            ("CONSENT_NO_CATEGORY", bool(consent.categories), "des catégories soient nommées"),
            ("CONSENT_OUT_OF_PERIOD", current, "le consentement soit dans sa période"),
            (
                "CONSENT_NO_FORM",
                consent.has_form,
                "l’accord soit prouvé, et confirmé s’il est oral",
            ),
        ),
        *_needs(
            "RGPD art. 7.3",
            ("CONSENT_WITHDRAWN", kept, "le consentement ne soit pas retiré"),
        ),
    )
