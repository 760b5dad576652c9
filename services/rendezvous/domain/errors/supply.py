"""What motifs, resources, openings, series and closings can be refused for."""

from __future__ import annotations

from typing import ClassVar

from chassis.errors import Conflict, Forbidden, Invalid, NotFound


class MotifUnknown(Invalid):
    """No motif with this code is valid on that day."""

    code = "motif-inconnu"
    title = "Motif inconnu à cette date"


class MotifOverlaps(Conflict):
    """Two versions of one motif would be valid on the same day."""

    code = "motif-chevauchant"
    title = "Une autre version de ce motif vaut déjà à ces dates"


class SiteUnknown(Invalid):
    """The site is not known here, or is closed."""

    code = "site-inconnu"
    title = "Site inconnu ou fermé"


class RoomUnknown(Invalid):
    """The room does not exist on this site."""

    code = "salle-inconnue"
    title = "Salle inconnue sur ce site"


class VehicleUnknown(Invalid):
    """The vehicle does not exist on this site."""

    code = "vehicule-inconnu"
    title = "Véhicule inconnu sur ce site"


class ZoneUnknown(Invalid):
    """No such zone for this site, or the motif is not held at home."""

    code = "zone-inconnue"
    title = "Zone inconnue pour ce site ou ce motif"


class AgentUnknown(Invalid):
    """The agent is not known to the annuaire, or not in post that day."""

    code = "agent-inconnu"
    title = "Agent inconnu ou hors poste à cette date"


class MotifChangesNature(Conflict):
    """A motif stays individual or collective: what is booked of it must stay what it is."""

    code = "motif-nature"
    title = "Un motif individuel ne devient pas collectif, ni l’inverse"


class OpeningOverlaps(Conflict):
    """The agent would be open on two sites at once."""

    code = "ouverture-chevauchante"
    title = "L’agent a déjà une ouverture sur un autre site à cet horaire"
    members: ClassVar = {
        "days": ("Pour une série : les jours (Paris) où c’est le cas.", ["2023-01-10"])
    }


class LocalTimeRefused(Invalid):
    """The wall time does not exist, or exists twice, on a day of clock change."""

    code = "heure-legale"
    title = "Heure inexistante ou ambiguë ce jour-là"


class PlanningUnknown(NotFound):
    """No such opening, absence or agenda that the caller may touch."""

    code = "plage-introuvable"
    title = "Plage, absence ou agenda introuvable"


class MotifNotFound(NotFound):
    """No such version of a motif."""

    code = "motif-introuvable"
    title = "Motif introuvable"


class RoomExists(Conflict):
    """The site already has a room of this name."""

    code = "salle-existante"
    title = "Ce site a déjà une salle de ce nom"


class MdsUnknown(NotFound):
    """No such MDS, or not one the caller works in."""

    code = "mds-introuvable"
    title = "MDS introuvable"


class VehicleExists(Conflict):
    """The site already has a vehicle of this name."""

    code = "vehicule-existant"
    title = "Ce site a déjà un véhicule de ce nom"


class ZoneExists(Conflict):
    """A zone has this code."""

    code = "zone-existante"
    title = "Une zone porte déjà ce code"


class ResourceNotFound(NotFound):
    """No such room or vehicle, or one of another MDS."""

    code = "ressource-introuvable"
    title = "Cette salle ou ce véhicule n’existe pas"


class ZoneNotFound(NotFound):
    """No such zone."""

    code = "zone-introuvable"
    title = "Zone introuvable"


class RuleRefused(Invalid):
    """The recurrence rule is not of the subset, or gives no day."""

    code = "regle-refusee"
    title = "Règle de récurrence refusée"


class SerieUnknown(NotFound):
    """No such series that the caller may touch."""

    code = "serie-introuvable"
    title = "Série introuvable"


class OccurrenceUnknown(NotFound):
    """The series has no occurrence on that day, or the day has passed."""

    code = "occurrence-introuvable"
    title = "La série n’a pas d’occurrence à changer ce jour-là"


class OccurrenceExists(Conflict):
    """The series has its occurrence of that day already."""

    code = "occurrence-existante"
    title = "La série a déjà une occurrence ce jour-là"


class SerieEnded(Invalid):
    """The series ends before that day already."""

    code = "serie-finie"
    title = "La série finit avant ce jour"


class FermetureUnknown(NotFound):
    """No such closing that the caller may lift."""

    code = "fermeture-introuvable"
    title = "Fermeture introuvable"


class NotYoursToClose(Forbidden):
    """A closing beyond the caller's own MDS."""

    code = "perimetre-refuse"
    title = "Cette fermeture dépasse votre territoire"
