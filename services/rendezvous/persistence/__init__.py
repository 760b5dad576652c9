"""Tables, repositories and the unit of work of rendezvous."""

from __future__ import annotations

from functools import cached_property

from chassis.errors import DomainError
from chassis.unit_of_work import UnitOfWork as ChassisUnitOfWork
from services.rendezvous.domain.errors import (
    AttenteExists,
    MotifChangesNature,
    MotifOverlaps,
    OccurrenceExists,
    OpeningOverlaps,
    RenfortStale,
    RoomExists,
    SlotTaken,
    VehicleExists,
    ZoneExists,
)
from services.rendezvous.persistence.activity import Activities
from services.rendezvous.persistence.attentes import Attentes
from services.rendezvous.persistence.calendars import Calendars
from services.rendezvous.persistence.delais import Delais
from services.rendezvous.persistence.fermetures import Fermetures
from services.rendezvous.persistence.holds import Holds
from services.rendezvous.persistence.knowns import Knowns
from services.rendezvous.persistence.motifs import Motifs
from services.rendezvous.persistence.occupations import Occupations
from services.rendezvous.persistence.offres import Offres
from services.rendezvous.persistence.participations import Participations
from services.rendezvous.persistence.plannings import Plannings
from services.rendezvous.persistence.rendezvous import Agendas
from services.rendezvous.persistence.renforts import Besoins, Renforts
from services.rendezvous.persistence.reprises import Reprises
from services.rendezvous.persistence.resources import Resources, Zones
from services.rendezvous.persistence.series import Series
from services.rendezvous.persistence.statistics import Statistics
from services.rendezvous.persistence.tables import metadata
from services.rendezvous.persistence.transfers import Transfers
from services.rendezvous.persistence.weeks import Weeks
from services.rendezvous.persistence.windows import Windows

__all__ = ["CONSTRAINTS", "UnitOfWork", "metadata"]

CONSTRAINTS: dict[str, type[DomainError]] = {
    "ex_motif_one_version_a_day": MotifOverlaps,
    "ex_motif_one_nature": MotifChangesNature,
    "ex_opening_one_site_at_a_time": OpeningOverlaps,
    "uq_opening_serie_id_occurrence_on": OccurrenceExists,
    "uq_absence_serie_id_occurrence_on": OccurrenceExists,
    "uq_room_site_name": RoomExists,
    "uq_vehicle_site_name": VehicleExists,
    "uq_zone_code": ZoneExists,
    "ex_occupation_one_at_a_time": SlotTaken,
    "uq_attente_once": AttenteExists,
    "pk_renfort_jour": RenfortStale,
    "uq_renfort_jour_besoin_id": RenfortStale,
}


class UnitOfWork(ChassisUnitOfWork):
    """One transaction over the tables of rendezvous."""

    @cached_property
    def knowns(self) -> Knowns:
        """What is known of others."""
        return Knowns(self.session)

    @cached_property
    def motifs(self) -> Motifs:
        """Motifs."""
        return Motifs(self.session)

    @cached_property
    def resources(self) -> Resources:
        """Rooms and vehicles."""
        return Resources(self.session)

    @cached_property
    def zones(self) -> Zones:
        """Zones of home visits."""
        return Zones(self.session)

    @cached_property
    def plannings(self) -> Plannings:
        """Openings and absences."""
        return Plannings(self.session)

    @cached_property
    def series(self) -> Series:
        """Recurring openings and absences."""
        return Series(self.session)

    @cached_property
    def fermetures(self) -> Fermetures:
        """Closings."""
        return Fermetures(self.session)

    @cached_property
    def occupations(self) -> Occupations:
        """Who is taken and when."""
        return Occupations(self.session)

    @cached_property
    def windows(self) -> Windows:
        """Agendas as a search reads them."""
        return Windows(self.session)

    @cached_property
    def agendas(self) -> Agendas:
        """The rendezvous."""
        return Agendas(self.session, self.occupations)

    @cached_property
    def holds(self) -> Holds:
        """Places kept for a few minutes."""
        return Holds(self.session, self.occupations)

    @cached_property
    def attentes(self) -> Attentes:
        """The waiting list."""
        return Attentes(self.session)

    @cached_property
    def offres(self) -> Offres:
        """Freed times offered to it."""
        return Offres(self.session)

    @cached_property
    def participations(self) -> Participations:
        """Who takes part in collective rendezvous."""
        return Participations(self.session)

    @cached_property
    def statistics(self) -> Statistics:
        """What became of rendezvous."""
        return Statistics(self.session)

    @cached_property
    def activities(self) -> Activities:
        """The figures."""
        return Activities(self.session)

    @cached_property
    def weeks(self) -> Weeks:
        """Everybody's week."""
        return Weeks(self.session)

    @cached_property
    def calendars(self) -> Calendars:
        """What leaves for, and comes from, agents' calendar programs."""
        return Calendars(self.session)

    @cached_property
    def transfers(self) -> Transfers:
        """Imports and exports."""
        return Transfers(self.session, CONSTRAINTS)

    @cached_property
    def delais(self) -> Delais:
        """How long one waits."""
        return Delais(self.session)

    @cached_property
    def besoins(self) -> Besoins:
        """What MDS ask of the volants."""
        return Besoins(self.session)

    @cached_property
    def renforts(self) -> Renforts:
        """What the volants give."""
        return Renforts(self.session)

    @cached_property
    def reprises(self) -> Reprises:
        """What is decided for the rendezvous of absences."""
        return Reprises(self.session)
