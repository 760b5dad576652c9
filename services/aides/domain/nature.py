"""The four natures of aid and what the law makes of each, and the lists of codes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Nature(StrEnum):
    """What is asked for."""

    SECOURS = "SECOURS"
    AM = "AM"
    AML = "AML"
    FAJ = "FAJ"


class Instance(StrEnum):
    """Which body sits: the commission centralisée, or the FAJ's own (mission locale, CCAS)."""

    CENTRALISEE = "CENTRALISEE"
    FAJ = "FAJ"


@dataclass(frozen=True, kw_only=True)
class Regime:
    """What the law says of a nature, whatever the règlement départemental adds.

    `is_legal`: a *prestation légale*; no cap, cumulation rule or empty envelope refuses it by
    itself. `residence_allowed`: a minimum residence may be asked.
    """

    is_legal: bool
    source: str
    instance: Instance
    residence_allowed: bool
    obligation_alimentaire_allowed: bool
    follow_up_required: bool
    age_required: bool

    @property
    def envelope_is_hard_stop(self) -> bool:
        """Whether an exhausted envelope stops the grant (CE 29/05/2019 n° 417467 a contrario)."""
        return not self.is_legal


_ASE = Regime(
    is_legal=True,
    source="CASF L222-2, L222-3, L223-1",
    instance=Instance.CENTRALISEE,
    # Residence is without condition for the aide sociale à l'enfance (CASF L111-2).
    residence_allowed=False,
    obligation_alimentaire_allowed=False,
    follow_up_required=False,
    age_required=False,
)
REGIMES: Mapping[Nature, Regime] = {
    Nature.SECOURS: Regime(
        is_legal=False,
        source="Règlement départemental d’aide sociale (aide facultative)",
        instance=Instance.CENTRALISEE,
        residence_allowed=True,
        obligation_alimentaire_allowed=True,
        follow_up_required=False,
        age_required=False,
    ),
    Nature.AM: _ASE,
    Nature.AML: _ASE,
    Nature.FAJ: Regime(
        is_legal=False,
        source="CASF L263-3",
        instance=Instance.FAJ,
        residence_allowed=False,
        obligation_alimentaire_allowed=False,
        follow_up_required=True,
        age_required=True,
    ),
}


class Reason(StrEnum):
    """Why the aid is asked for. ATTENTE_DROIT names the partner whose delay it makes up for."""

    ALIMENTATION = "ALIMENTATION"
    LOGEMENT = "LOGEMENT"
    ENERGIE = "ENERGIE"
    SANTE = "SANTE"
    MOBILITE = "MOBILITE"
    FORMATION_EMPLOI = "FORMATION_EMPLOI"
    SCOLARITE = "SCOLARITE"
    GARDE_ENFANT = "GARDE_ENFANT"
    LOISIRS_ENFANT = "LOISIRS_ENFANT"
    OBSEQUES = "OBSEQUES"
    RUPTURE_FAMILIALE = "RUPTURE_FAMILIALE"
    ATTENTE_DROIT = "ATTENTE_DROIT"


class Partner(StrEnum):
    """Who should have opened a right already (schéma: aids that make up for others' delays)."""

    CAF = "CAF"
    CPAM = "CPAM"
    MSA = "MSA"
    MDPH = "MDPH"
    CAISSE_RETRAITE = "CAISSE_RETRAITE"


class DecisionReason(StrEnum):
    """Why an aid is refused, partly granted or adjourned. A text always goes with it."""

    EVALUATION_INDIVIDUELLE = "EVALUATION_INDIVIDUELLE"
    HORS_PUBLIC = "HORS_PUBLIC"
    AUTRE_DROIT_MOBILISABLE = "AUTRE_DROIT_MOBILISABLE"
    BESOIN_DEJA_COUVERT = "BESOIN_DEJA_COUVERT"
    PIECES_MANQUANTES = "PIECES_MANQUANTES"
    COMPLEMENT_INSTRUCTION = "COMPLEMENT_INSTRUCTION"
    BAREME_DEPASSE = "BAREME_DEPASSE"
    PLAFOND_ATTEINT = "PLAFOND_ATTEINT"
    CUMUL = "CUMUL"
    ENVELOPPE_EPUISEE = "ENVELOPPE_EPUISEE"


#: A rule or a budget is not a motive for refusing a prestation légale, even in part, nor for
#: putting it off (CASF L223-1; CE 29 mai 2019 n° 417467): only the evaluation of this situation is.
RULE_ONLY_REASONS = frozenset(
    {
        DecisionReason.BAREME_DEPASSE,
        DecisionReason.PLAFOND_ATTEINT,
        DecisionReason.CUMUL,
        DecisionReason.ENVELOPPE_EPUISEE,
    }
)


class WithdrawalReason(StrEnum):
    """Why a demande goes no further."""

    PERSONNE_RENONCE = "PERSONNE_RENONCE"
    SANS_NOUVELLES = "SANS_NOUVELLES"
    DROIT_OUVERT = "DROIT_OUVERT"
    DECES = "DECES"
    ERREUR_DE_SAISIE = "ERREUR_DE_SAISIE"
