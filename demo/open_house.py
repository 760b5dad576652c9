"""What `serve` prints: where to go, with which token, and three commands that work."""

from __future__ import annotations

from rich.console import Console

from demo.environment import LIFETIME, open_issuer
from demo.plan.year import Plan
from demo.platform import Platform
from demo.world import ROLES, agent_id_of
from services import roles

_ALONE = (roles.DIRECTION, roles.DPO, roles.FINANCE, roles.ADMIN)
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
    """Tokens of real agents of the replay for the trades, of nobody for the others."""
    issuer = open_issuer(platform.folder)
    tokens: dict[str, str] = {}
    for agent in plan.population.agents:
        tokens.setdefault(
            ROLES[agent.profession],
            issuer.token(
                roles=[ROLES[agent.profession]],
                agent_id=agent_id_of(plan.seed, agent.ref),
                mds=[agent.mds],
                lifetime_s=LIFETIME,
            ),
        )
    for role in _ALONE:
        tokens[role] = issuer.token(roles=[role], subject=f"demo-{role}", lifetime_s=LIFETIME)
    return tokens


def curl_lines(urls: dict[str, str], plan: Plan) -> list[str]:
    """A list, an agenda, a table of activity."""
    worker = next(a for a in plan.population.agents if a.profession == "ASS")
    days = sorted(each.slot.day for each in plan.rendezvous)
    span = f"from={days[0]}&to={days[-1]}"
    agent = agent_id_of(plan.seed, worker.ref)

    def curl(role: str, url: str) -> str:
        return f'curl -s -H "Authorization: Bearer $JETON_{role.upper()}" "{url}"'

    return [
        curl(roles.TRAVAILLEUR_SOCIAL, f"{urls['dsu']}/v1/dossiers?referent=me&limit=3"),
        curl(roles.TRAVAILLEUR_SOCIAL, f"{urls['rendezvous']}/v1/agents/{agent}/agenda?{span}"),
        curl(roles.DIRECTION, f"{urls['rendezvous']}/v1/activity?{span}"),
    ]
