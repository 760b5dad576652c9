"""Agents: registration, dated assignments, departure, and who is in post."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from chassis.ids import new_id
from chassis.unit_of_work import expect_version
from chassis.web.pages import Page, PageAsked
from services.accueil.domain.annuaire import (
    Affectation,
    Agent,
    AgentNotFound,
    Profession,
    Site,
    SiteUnknown,
    secrecy_of,
)
from services.accueil.events import AgentChanged, AgentRegistered
from services.accueil.persistence import UnitOfWork
from services.accueil.usecases.annuaire import known_site

#: What a dated change carries over from the assignment before it.
_CARRIED = ("profession", "secrecy_basis", "plateforme", "volant", "full_time_percent")


def register_agent(uow: UnitOfWork, *, values: Mapping[str, Any]) -> Agent:
    """A new agent, with the assignment that starts on `effective_on`."""
    site = _site_of_agent(uow, values)
    agent = Agent(
        agent_id=values.get("agent_id") or new_id(),
        family_name=values["family_name"],
        first_names=values["first_names"],
    )
    affectation = Affectation(
        affectation_id=new_id(),
        profession=values["profession"],
        secrecy_basis=secrecy_of(values["profession"], values.get("secrecy_basis")),
        mds=site.mds,
        site=site.code,
        plateforme=values.get("plateforme", False),
        volant=values.get("volant", False),
        full_time_percent=values.get("full_time_percent", 100),
        starts_on=values["effective_on"],
    )
    agent.assign(affectation)
    _replace_secondary(uow, agent, values)
    uow.annuaire.add(agent)
    uow.publish(AgentRegistered(**_assignment(agent, affectation, active=True)))
    return agent


def change_agent(
    uow: UnitOfWork, *, agent_id: UUID, expected_version: int | None, changes: Mapping[str, Any]
) -> Agent:
    """A dated change of assignment, or a departure. Raises AgentNotFound, AssignmentBeforeLast."""
    agent = find_agent(uow, agent_id, lock=True)
    expect_version(agent.version, expected_version)
    day: date = changes["effective_on"]
    names = {k: v for k, v in changes.items() if k in ("family_name", "first_names")}
    for name, value in names.items():
        setattr(agent, name, value)
    agent.version += 1
    last = agent.last
    if changes.get("active") is False:
        agent.leave(day)
        uow.publish(
            AgentChanged(**(_assignment(agent, last, active=False) | {"effective_on": day}))
        )
        return agent
    if changes.keys() - names.keys() - {"effective_on"}:
        affectation = _next_affectation(uow, last, changes)
        agent.assign(affectation)
        _replace_secondary(uow, agent, changes)
        uow.publish(AgentChanged(**_assignment(agent, affectation, active=True)))
    return agent


def _next_affectation(
    uow: UnitOfWork, last: Affectation, changes: Mapping[str, Any]
) -> Affectation:
    values = {name: changes.get(name, getattr(last, name)) for name in _CARRIED}
    stated = changes.get("secrecy_basis")
    if stated is None and "profession" not in changes:
        stated = last.secrecy_basis
    values["secrecy_basis"] = secrecy_of(values["profession"], stated)
    site = _site_of_agent(uow, {"site": last.site, **changes})
    return Affectation(
        affectation_id=new_id(),
        mds=site.mds,
        site=site.code,
        starts_on=changes["effective_on"],
        **values,
    )


def find_agent(uow: UnitOfWork, agent_id: UUID, *, lock: bool = False) -> Agent:
    """One agent. Raises AgentNotFound."""
    agent = uow.annuaire.agent(agent_id, lock=lock)
    if agent is None:
        raise AgentNotFound("Aucun agent à cet identifiant.")
    return agent


def agents_in_post(
    uow: UnitOfWork,
    *,
    mds: str | None,
    profession: Profession | None,
    on: date | None,
    page: PageAsked,
) -> Page[Agent]:
    """Agents with a primary assignment on a day (today by default), by id."""
    found = uow.annuaire.agents_in_post(
        mds=mds,
        profession=profession,
        on=on or uow.today,
        after=page.after_id,
        limit=page.sought,
    )
    return page.of(found, lambda agent: (agent.agent_id,))


def current_assignment(uow: UnitOfWork, agent_id: UUID) -> dict[str, Any]:
    """What an agent is today, for the other services; `active` false: not in post."""
    agent = find_agent(uow, agent_id)
    today = uow.today
    current = agent.on(today)
    if current is None:
        return {"agent_id": agent_id, "active": False, "secondary_sites": []}
    return {
        "agent_id": agent_id,
        "active": True,
        **{name: getattr(current, name) for name in ("mds", "site", *_CARRIED)},
        "secondary_sites": [a.site for a in agent.secondary_on(today)],
    }


def _site_of_agent(uow: UnitOfWork, values: Mapping[str, Any]) -> Site:
    site = known_site(uow, values["site"])
    if values.get("mds") not in (None, site.mds):
        raise SiteUnknown(f"Ce site relève de {site.mds}.", field="/mds")
    site.receive()
    return site


def _replace_secondary(uow: UnitOfWork, agent: Agent, values: Mapping[str, Any]) -> None:
    if "secondary_sites" not in values:
        return
    base, day = agent.last, values["effective_on"]
    codes = sorted(set(values["secondary_sites"]) - {base.site})
    fresh = [
        _secondary(base, known_site(uow, code, field="/secondary_sites"), day) for code in codes
    ]
    agent.replace_secondary(fresh, day=day)


def _secondary(base: Affectation, site: Site, day: date) -> Affectation:
    carried = {name: getattr(base, name) for name in _CARRIED}
    return Affectation(
        affectation_id=new_id(),
        mds=site.mds,
        site=site.code,
        starts_on=day,
        is_primary=False,
        **carried,
    )


def _assignment(agent: Agent, affectation: Affectation, *, active: bool) -> dict[str, Any]:
    return {
        "agent_id": agent.agent_id,
        "mds": affectation.mds,
        "site": affectation.site,
        **{name: getattr(affectation, name) for name in _CARRIED},
        "effective_on": affectation.starts_on,
        "active": active,
    }
