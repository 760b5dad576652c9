"""`token`: a signed token from the development issuer. Production takes any OIDC issuer."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer
from joserfc.errors import JoseError

from chassis.catalogue import load, service_names
from chassis.cli.common import stop
from chassis.web.route import endpoints
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
    known = _known_roles()
    for one in role:
        if one not in known:
            stop(f"rôle inconnu : {one} (attendu : {', '.join(sorted(known))})")
    issuer = _issuer(folder)
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


def _known_roles() -> frozenset[str]:
    """Those some route opens to: the chassis knows no role by itself."""
    routes = [one for name in service_names() for one in endpoints(load(name).api_class)]
    return frozenset().union(*(endpoint.allow or () for _, endpoint in routes))


def _issuer(folder: Path) -> DevelopmentIssuer:
    try:
        return DevelopmentIssuer.create(folder)
    except OSError:
        stop(f"--folder : impossible d’écrire dans {folder}")
    except (ValueError, JoseError):
        stop(f"--folder : {folder} ne contient pas la clé d’un émetteur")


def _uuid(option: str, text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        stop(f"{option} : UUID attendu")
