"""The roles a token may carry (claim `roles`). Rules per route are built from these sets."""

from __future__ import annotations

SECRETAIRE = "secretaire"
TRAVAILLEUR_SOCIAL = "travailleur_social"
RESPONSABLE = "responsable"
DIRECTION = "direction"
DPO = "dpo"
FINANCE = "finance"
ADMIN = "admin"
PARTENAIRE = "partenaire"
#: Another service of the platform, on `/internal/*`.
SERVICE = "service"
#: The person, for their own rendezvous only.
PERSONNE = "personne"

ALL = frozenset(
    {
        SECRETAIRE,
        TRAVAILLEUR_SOCIAL,
        RESPONSABLE,
        DIRECTION,
        DPO,
        FINANCE,
        ADMIN,
        PARTENAIRE,
        SERVICE,
        PERSONNE,
    }
)
#: Those who receive and accompany people.
AGENTS = frozenset({SECRETAIRE, TRAVAILLEUR_SOCIAL, RESPONSABLE})
#: Those bound to one person's file by their mission.
PROFESSIONNELS = frozenset({TRAVAILLEUR_SOCIAL, RESPONSABLE})
#: Those who read figures about nobody in particular.
STATISTIQUES = frozenset({RESPONSABLE, DIRECTION, ADMIN})
