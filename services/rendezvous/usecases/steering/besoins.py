"""What an MDS asks of the service volant."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from chassis.caller import Caller
from chassis.ids import new_id
from chassis.unit_of_work import expect_version
from chassis.web.pages import Page, PageAsked
from services import roles
from services.rendezvous.domain.besoin import Besoin, BesoinStatus, Profession, Reason
from services.rendezvous.domain.errors import BesoinUnknown, MdsNotRun, WaitNotExceeded
from services.rendezvous.domain.planning_volant import runs
from services.rendezvous.persistence import UnitOfWork
from services.rendezvous.usecases.viewers import viewer_of


def ask(
    uow: UnitOfWork,
    *,
    by: Caller,
    mds: str,
    profession: Profession,
    reason: Reason,
    first_day: date,
    last_day: date,
    days_per_week: int,
) -> Besoin:
    """Days a week of one volant. An MDS that is not the caller's is refused like one unknown; an
    overload is asked where a wait is measured over the limit."""
    if not runs(viewer_of(uow, by), mds) or not uow.delais.sites_of(mds):
        raise MdsNotRun("Vérifiez le code de la MDS.", field="/mds")
    if reason is Reason.SURCHARGE and not _waits_too_long(uow, mds, profession):
        raise WaitNotExceeded("Consultez les délais mesurés, ou donnez un autre motif.")
    asked = Besoin(
        id=new_id(),
        mds=mds,
        profession=profession,
        reason=reason,
        starts_on=first_day,
        ends_on=last_day,
        days_per_week=days_per_week,
        status=BesoinStatus.OPEN,
        asked_at=uow.now,
        asked_on=uow.today,
        asked_by=by.subject,
    )
    uow.besoins.add(asked)
    return asked


def page(uow: UnitOfWork, *, by: Caller, mds: str | None, page: PageAsked) -> Page[Besoin]:
    """Needs, latest first: a responsable's own MDS; all of them to the direction and to admin."""
    viewer = viewer_of(uow, by)
    sees_all = not viewer.roles.isdisjoint({roles.DIRECTION, roles.ADMIN})
    shown = None if sees_all else viewer.mds
    if mds is not None:
        shown = frozenset({mds}) if shown is None else shown & {mds}
    found = uow.besoins.page(mds=shown, after=page.after_id, limit=page.sought)
    return page.of(found, lambda one: [one.id])


def confirm(
    uow: UnitOfWork,
    *,
    by: Caller,
    besoin_id: UUID,
    expected: int | None,
    first_day: date,
    last_day: date,
    days_per_week: int,
) -> Besoin:
    """Take up what the measure of waits proposed."""
    besoin = _own(uow, by, besoin_id)
    expect_version(besoin.version, expected)
    besoin.confirm(starts_on=first_day, ends_on=last_day, days_per_week=days_per_week)
    uow.besoins.save(besoin)
    return besoin


def end(uow: UnitOfWork, *, by: Caller, besoin_id: UUID) -> Besoin:
    """Ask no more: what is only proposed for it is forgotten, what is accepted stays."""
    besoin = _own(uow, by, besoin_id)
    if besoin.end():
        uow.besoins.save(besoin)
        uow.renforts.drop_proposed(besoin_id)
    return besoin


def _own(uow: UnitOfWork, by: Caller, besoin_id: UUID) -> Besoin:
    """A need of the caller's MDS, under the lock of all changes. Raises BesoinUnknown."""
    uow.besoins.lock()
    besoin = uow.besoins.get(besoin_id)
    if besoin is None or not runs(viewer_of(uow, by), besoin.mds):
        raise BesoinUnknown()
    return besoin


def _waits_too_long(uow: UnitOfWork, mds: str, profession: Profession) -> bool:
    return any(one.is_exceeded and one.profession is profession for one in uow.delais.latest(mds))
