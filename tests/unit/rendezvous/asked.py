"""Who asks, what for, and what it rests on."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from services import roles
from services.protection import Protection
from services.rendezvous.domain.booking import Ground, Wish
from services.rendezvous.domain.motif import Modality
from services.rendezvous.domain.projections import Assignment, KnownPersonne, KnownSite
from services.rendezvous.domain.resource import Resource, ResourceKind
from services.rendezvous.domain.rights import Viewer
from tests.unit.rendezvous import make

NOW = make.NINE - timedelta(days=3)
OTHER, BOOKER, OPENED = UUID(int=99), UUID(int=98), UUID(int=97)


def viewer(role, *, agent_id=None, personne_id=None, mds=()):
    return Viewer(
        subject=f"s-{agent_id or personne_id or role}",
        roles=frozenset({role}),
        agent_id=agent_id,
        personne_id=personne_id,
        mds=frozenset(mds),
    )


def post(agent_id=make.LEAD, **changes):
    values = {
        "agent_id": agent_id,
        "effective_on": date(2022, 1, 1),
        "profession": "ASS",
        "mds": "MDS-MONTAUBAN",
        "site": "MONTAUBAN-CENTRE",
        "plateforme": False,
        "volant": False,
        "active": True,
    }
    return Assignment(**values | changes)


def wish(**changes):
    values = {
        "motif": "ACCOMPAGNEMENT",
        "site": "MONTAUBAN-CENTRE",
        "agent_ids": (make.LEAD,),
        "starts_at": make.NINE,
    }
    return Wish(**values | changes)


def resource(resource_id, kind=ResourceKind.ROOM, *, site="MONTAUBAN-CENTRE"):
    return Resource(id=resource_id, kind=kind, site=site, name=f"N° {resource_id.int}")


def ground(**changes):
    values = {
        "motif": make.motif(),
        "site": KnownSite(site="MONTAUBAN-CENTRE", mds="MDS-MONTAUBAN", open=True),
        "agents": {make.LEAD: post(), make.SECOND: post(make.SECOND, profession="EDUCATEUR")},
        "personnes": {make.PERSONNE: KnownPersonne(personne_id=make.PERSONNE, told=Protection())},
    }
    return Ground(**values | changes)


HOME_VISIT = make.motif(modality=Modality.VAD)
AGENT = viewer(roles.TRAVAILLEUR_SOCIAL, agent_id=make.LEAD)
PERSONNE = viewer(roles.PERSONNE, personne_id=make.PERSONNE)
