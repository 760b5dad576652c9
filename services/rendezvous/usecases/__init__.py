"""What can be done: one function per act, inside the entrypoint's transaction."""

from services.rendezvous.usecases.booking import book, hold, move, read_wish, release_hold
from services.rendezvous.usecases.following import cancel, honour, miss, personne_died
from services.rendezvous.usecases.planning import (
    create_absence,
    create_motif,
    create_openings,
    create_room,
    delete_absence,
    delete_opening,
    end_motif,
    list_motifs,
)
from services.rendezvous.usecases.reading import (
    Activity,
    Agenda,
    Line,
    list_of_personne,
    read_activity,
    read_agenda,
    read_rendezvous,
    read_state,
    read_states,
    search_creneaux,
)

__all__ = [
    "Activity",
    "Agenda",
    "Line",
    "book",
    "cancel",
    "create_absence",
    "create_motif",
    "create_openings",
    "create_room",
    "delete_absence",
    "delete_opening",
    "end_motif",
    "hold",
    "honour",
    "list_motifs",
    "list_of_personne",
    "miss",
    "move",
    "personne_died",
    "read_activity",
    "read_agenda",
    "read_rendezvous",
    "read_state",
    "read_states",
    "read_wish",
    "release_hold",
    "search_creneaux",
]
