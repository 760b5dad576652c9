"""What `serve` prints: where to go, with which token, and three commands that work."""

from __future__ import annotations

from uuid import UUID

from rich.console import Console

from demo.environment import LIFETIME, open_issuer
from demo.plan.partages import PARTENAIRES
from demo.plan.year import Plan
from demo.platform import Platform
from demo.state import known_ids
from demo.world import ROLES, agent_id_of
from services import roles

_ALONE = (roles.DIRECTION, roles.DPO, roles.FINANCE, roles.ADMIN, roles.SERVICE)
_HOURS = LIFETIME // 3600


def welcome(platform: Platform, plan: Plan, console: Console) -> None:
    """URLs, a token per role, three curl lines. Tokens are printed whole: they open a demo."""
    urls = platform.addresses.urls
    console.rule("Plateforme ouverte — Ctrl-C pour l’arrêter")
    for name, url in urls.items():
        console.print(f"{name:14} {url}/docs   {url}/openapi.json", highlight=False)
    tokens = tokens_by_role(platform, plan)
    console.print(f"\nUn jeton par rôle, valable {_HOURS} heures :")
    for role, token in tokens.items():
        console.print(f"export JETON_{role.upper()}={token}", soft_wrap=True, highlight=False)
    console.print("\nTrois commandes :")
    for line in curl_lines(urls, plan):
        console.print(line, soft_wrap=True, highlight=False)


def tokens_by_role(platform: Platform, plan: Plan) -> dict[str, str]:
    """Tokens of real agents and people of the replay where a role needs one."""
    issuer = open_issuer(platform.folder)
    agents = {agent.ref: agent for agent in plan.population.agents}
    worker = agents[_worker(plan)]
    tokens: dict[str, str] = {}
    for agent in (worker, *plan.population.agents):
        role = ROLES[agent.profession]
        if role not in tokens:
            tokens[role] = issuer.token(
                roles=[role],
                agent_id=agent_id_of(plan.seed, agent.ref),
                mds=[worker.mds],
                lifetime_s=LIFETIME,
            )
    for role in _ALONE:
        tokens[role] = issuer.token(roles=[role], subject=f"demo-{role}", lifetime_s=LIFETIME)
    tokens[roles.PARTENAIRE] = issuer.token(
        roles=[roles.PARTENAIRE], partenaire=PARTENAIRES[0], lifetime_s=LIFETIME
    )
    personne_id = UUID(known_ids(platform.folder)[f"personne:{plan.rendezvous[0].personne}"])
    tokens[roles.PERSONNE] = issuer.token(
        roles=[roles.PERSONNE], personne_id=personne_id, lifetime_s=LIFETIME
    )
    return tokens


def _worker(plan: Plan) -> str:
    """An agent with dossiers and rendezvous of their own."""
    referents = {personne.referent for personne in plan.population.stock}
    return next(each.agent for each in plan.rendezvous if each.agent in referents)


def curl_lines(urls: dict[str, str], plan: Plan) -> list[str]:
    """A list, an agenda, a table of activity."""
    days = sorted(each.slot.day for each in plan.rendezvous)
    span = f"from={days[0]}&to={days[-1]}"
    agent = agent_id_of(plan.seed, _worker(plan))

    def curl(role: str, url: str) -> str:
        return f'curl -s -H "Authorization: Bearer $JETON_{role.upper()}" "{url}"'

    return [
        curl(roles.TRAVAILLEUR_SOCIAL, f"{urls['dsu']}/v1/dossiers?referent=me&limit=3"),
        curl(roles.TRAVAILLEUR_SOCIAL, f"{urls['rendezvous']}/v1/agents/{agent}/agenda?{span}"),
        curl(roles.DIRECTION, f"{urls['rendezvous']}/v1/activity?{span}"),
    ]
