"""`token`: a signed token from the development issuer. Production takes any OIDC issuer."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer

from chassis.cli.common import stop
from chassis.web.tokens import DevelopmentIssuer


def token(
    role: Annotated[list[str], typer.Option("--role", help="Rôle porté (répétable).")],
    agent_id: Annotated[str | None, typer.Option(help="Identifiant d’agent de l’annuaire.")] = None,
    personne_id: Annotated[str | None, typer.Option(help="Identifiant de personne.")] = None,
    partenaire: Annotated[str | None, typer.Option(help="Code du partenaire.")] = None,
    mds: Annotated[list[str] | None, typer.Option(help="MDS de l’agent (répétable).")] = None,
    hours: Annotated[int, typer.Option(min=1, max=24 * 30, help="Durée de vie, en heures.")] = 12,
    folder: Annotated[Path, typer.Option(help="Dossier de l’émetteur.")] = Path(".demo/emetteur"),
) -> None:
    """Signe un jeton de développement (ENVIRONMENT=demo ou test ; refusé en production)."""
    if os.environ.get("ENVIRONMENT", "production") == "production":
        stop("l’émetteur de développement est refusé en production")
    issuer = DevelopmentIssuer.create(folder)
    typer.echo(
        issuer.token(
            roles=role,
            agent_id=_uuid("--agent-id", agent_id),
            personne_id=_uuid("--personne-id", personne_id),
            partenaire=partenaire,
            mds=mds,
            lifetime_s=hours * 3600,
        )
    )


def _uuid(option: str, text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        stop(f"{option} : UUID attendu")
