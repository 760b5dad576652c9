"""What can be refused here. Codes are part of the public contract; titles are read by people."""

from __future__ import annotations

from typing import ClassVar

from chassis.errors import Conflict, Forbidden, Invalid, NotFound

#: What a refused time comes with.
_ALTERNATIVES = {
    "alternatives": (
        "De trois à cinq créneaux libres, les plus proches d’abord, s’il en existe.",
        [
            {
                "starts_at": "2023-01-09T08:00:00+00:00",
                "ends_at": "2023-01-09T08:45:00+00:00",
                "site": "MONTAUBAN-CENTRE",
                "agent_ids": ["01980a3c-5a10-7c43-9c39-0a1b2c3d4e01"],
            }
        ],
    )
}
#: What a refused seat comes with.
_SESSIONS = {
    "alternatives": (
        "Jusqu’à cinq autres sessions de ce motif où il reste une place, les plus proches d’abord.",
        [
            {
                "rendezvous_id": "01980a3c-5a10-7c43-9c39-0a1b2c3d4e01",
                "starts_at": "2023-01-16T08:00:00+00:00",
                "ends_at": "2023-01-16T10:00:00+00:00",
                "site": "MONTAUBAN-CENTRE",
                "seats_left": 4,
            }
        ],
    )
}


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


class PersonneDeceased(Conflict):
    """No rendezvous for a person who has died."""

    code = "personne-decedee"
    title = "Rendez-vous impossible pour cette personne"


class DossierMismatch(Invalid):
    """The dossier is not about a personne of the rendezvous, or does not exist."""

    code = "dossier-inadapte"
    title = "Ce dossier n’est pas celui de cette personne"


class IdentityRequired(Invalid):
    """Only a first reception can be booked for someone not identified."""

    code = "identite-requise"
    title = "Ce motif demande une personne identifiée"


class ProfessionNotAllowed(Conflict):
    """The lead agent's profession does not hold this motif."""

    code = "profession-non-admise"
    title = "La profession de l’agent ne tient pas ce motif"


class BinomeRequired(Conflict):
    """The motif is held by more agents together."""

    code = "binome-requis"
    title = "Ce motif demande plusieurs agents ensemble"


class MotifChangesNature(Conflict):
    """A motif stays individual or collective: what is booked of it must stay what it is."""

    code = "motif-nature"
    title = "Un motif individuel ne devient pas collectif, ni l’inverse"


class NotYoursToBook(Forbidden):
    """The motif is not open to this kind of caller."""

    code = "motif-non-ouvert"
    title = "Ce motif ne peut pas être pris par vous"


class OutsideDelay(Conflict):
    """Too soon or too far ahead for the motif."""

    code = "hors-delai"
    title = "Hors des délais de prise de rendez-vous du motif"


class InThePast(Invalid):
    """The time asked has passed."""

    code = "date-passee"
    title = "Cet horaire est passé"


class NotOnTheMinute(Invalid):
    """A rendezvous starts on a whole minute."""

    code = "heure-imprecise"
    title = "Heure à donner à la minute"


class NotOpen(Conflict):
    """No opening of the agent covers this time for this motif on this site."""

    code = "hors-ouverture"
    title = "Aucune plage d’ouverture ne couvre cet horaire"
    members: ClassVar = _ALTERNATIVES


class Closed(Conflict):
    """A closing day, or hours when the place is closed."""

    code = "ferme"
    title = "Le lieu est fermé à cet horaire"
    members: ClassVar = _ALTERNATIVES


class AgentAbsent(Conflict):
    """An absence covers part of this time."""

    code = "agent-absent"
    title = "L’agent est absent à cet horaire"
    members: ClassVar = _ALTERNATIVES


class SlotTaken(Conflict):
    """Another rendezvous or hold has an agent, the room, the vehicle or a personne then."""

    code = "creneau-pris"
    title = "Ce créneau n’est plus libre"
    members: ClassVar = _ALTERNATIVES


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


class HoldGone(Conflict):
    """The hold has expired, was released or was used."""

    code = "reservation-expiree"
    title = "La réservation provisoire n’existe plus"


class IllegalTransition(Conflict):
    """The rendezvous is no longer in a state that allows this."""

    code = "etat-incompatible"
    title = "L’état du rendez-vous ne permet pas cette action"


class NotStarted(Conflict):
    """Honoured or missed can only be said once the time has come."""

    code = "pas-encore-commence"
    title = "Le rendez-vous n’a pas encore commencé"


class TooLateToCancel(Conflict):
    """The person may no longer cancel by themselves."""

    code = "annulation-tardive"
    title = "Le délai pour annuler vous-même est passé"


class RendezvousUnknown(NotFound):
    """It does not exist, or the caller may not know that it does."""

    code = "rendezvous-introuvable"
    title = "Rendez-vous introuvable"


class HoldUnknown(NotFound):
    """No such hold of this caller."""

    code = "reservation-introuvable"
    title = "Réservation provisoire introuvable"


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


class CalendarUnknown(NotFound):
    """No such calendar: another agent's, ended, or a secret that opens nothing."""

    code = "calendrier-introuvable"
    title = "Calendrier introuvable"


class CalendarHostRefused(Invalid):
    """The host of an external calendar is not one that the département admits."""

    code = "agenda-externe-refuse"
    title = "Cette adresse d’agenda n’est pas admise"


class CalendarUnreadable(Invalid):
    """The file is no calendar, or one too large."""

    code = "agenda-externe-illisible"
    title = "Ce calendrier ne peut pas être lu"
    members: ClassVar = {"trouble": ("Pourquoi, par code.", "NOT_A_CALENDAR")}


class BusyTimeImported(Conflict):
    """The time comes from the agent's own calendar: it would come back."""

    code = "temps-importe"
    title = "Ce temps vient de l’agenda personnel de l’agent"


class PeriodRefused(Invalid):
    """Nothing could suit the wish, or it lasts too long."""

    code = "periode-refusee"
    title = "Période refusée"


class RendezvousMismatch(Invalid):
    """The rendezvous to have earlier is not these personnes', not of this motif, or is over."""

    code = "rendezvous-inadapte"
    title = "Ce rendez-vous ne correspond pas à la demande"


class AttenteExists(Conflict):
    """One of the personnes waits already for this motif."""

    code = "attente-existante"
    title = "Déjà sur la liste d’attente pour ce motif"


class AttenteOver(Conflict):
    """The entry has obtained a time, or was closed."""

    code = "attente-close"
    title = "L’inscription n’est plus en attente"


class AttenteUnknown(NotFound):
    """No such entry or list, or none the caller may know of."""

    code = "attente-introuvable"
    title = "Inscription ou liste d’attente introuvable"


class OffreUnknown(NotFound):
    """No such offer, or none the caller may know of."""

    code = "offre-introuvable"
    title = "Proposition introuvable"


class OffreTaken(Conflict):
    """It was offered to several, and another answered first."""

    code = "offre-prise"
    title = "Ce créneau a été pris par une autre personne"


class OffreExpired(Conflict):
    """The time to answer is over."""

    code = "offre-expiree"
    title = "Le délai pour répondre est passé"


class OffreOver(Conflict):
    """It was declined, or has no object any more."""

    code = "offre-close"
    title = "Cette proposition n’est plus ouverte"


class VehicleExists(Conflict):
    """The site already has a vehicle of this name."""

    code = "vehicule-existant"
    title = "Ce site a déjà un véhicule de ce nom"


class ZoneExists(Conflict):
    """A zone has this code."""

    code = "zone-existante"
    title = "Une zone porte déjà ce code"


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


class MdsNotRun(Invalid):
    """No site of this MDS is known here, or the caller does not run it."""

    code = "mds-inconnue"
    title = "MDS inconnue, ou qui n’est pas la vôtre"


class WaitNotExceeded(Conflict):
    """An overload is measured: no wait of this MDS and profession is over the limit."""

    code = "surcharge-non-mesuree"
    title = "Aucun délai mesuré ne dépasse la limite pour cette MDS et cette profession"


class BesoinUnknown(NotFound):
    """No such need that the caller may know of."""

    code = "besoin-introuvable"
    title = "Besoin de renfort introuvable"


class BesoinDecided(Conflict):
    """The need is no longer one that was merely proposed."""

    code = "besoin-deja-decide"
    title = "Ce besoin n’attend plus de confirmation"


class PlanningVolantUnknown(NotFound):
    """No planning of this month, or no such line that the caller may decide."""

    code = "planning-introuvable"
    title = "Planning ou ligne de planning introuvable"


class MonthOutOfReach(Invalid):
    """A planning is made for the month under way or one of the twelve that follow."""

    code = "mois-hors-planning"
    title = "Ce mois ne se planifie pas"


class RenfortDecided(Conflict):
    """The line was accepted, or refused, already."""

    code = "renfort-deja-decide"
    title = "Cette ligne est déjà décidée"


class RenfortStale(Conflict):
    """A day of the line is past, or its volant can no longer give it."""

    code = "renfort-depasse"
    title = "Cette proposition ne tient plus"


class NotAffected(Invalid):
    """It stands elsewhere, is over, or the caller may not act on it: nothing tells which."""

    code = "hors-reprise"
    title = "Ce rendez-vous n’est pas à reprendre"


class LineUnderWay(Conflict):
    """The line waits its turn, is done, or was stopped with the absence."""

    code = "reprise-deja-decidee"
    title = "Ce rendez-vous est déjà décidé dans la reprise"


class RepriseStopped(Conflict):
    """The absence was lifted: its rendezvous stand again."""

    code = "reprise-arretee"
    title = "L’absence a été supprimée, la reprise est arrêtée"


class RepriseUnknown(NotFound):
    """No such reprise, or none the caller may know of."""

    code = "reprise-introuvable"
    title = "Reprise introuvable"


class OverrideRefused(Forbidden):
    """Only a responsable gives a person two rendezvous at once, in their own MDS."""

    code = "derogation-refusee"
    title = "Seul le responsable de la MDS peut passer outre"


class NotYoursToMark(Forbidden):
    """Marks are for those who hold it, and who plan for its MDS."""

    code = "marques-reservees"
    title = "Marques réservées aux agents qui reçoivent et à ceux qui planifient"


class WholeRefused(Forbidden):
    """A person who takes part does not decide for the others."""

    code = "collectif-pour-tous"
    title = "Ce rendez-vous est aussi celui d’autres personnes"


class NotTied(Invalid):
    """A collective rendezvous is about nobody's dossier in particular."""

    code = "collectif-sans-rattachement"
    title = "Un rendez-vous collectif ne se rattache ni à un dossier ni à une orientation"


class SessionFull(Conflict):
    """Every seat is taken."""

    code = "complet"
    title = "Il ne reste plus de place"
    members: ClassVar = _SESSIONS


class PersonneTaken(Conflict):
    """The person has another rendezvous at that time."""

    code = "personne-prise"
    title = "La personne a déjà un rendez-vous à cet horaire"
    members: ClassVar = _SESSIONS


class AlreadyEnrolled(Conflict):
    """The person has a seat already."""

    code = "deja-inscrit"
    title = "La personne est déjà inscrite"


class NotCollective(Conflict):
    """Nobody enrols in an individual rendezvous."""

    code = "rendezvous-individuel"
    title = "Ce rendez-vous n’est pas collectif"


class AttendanceBegun(Conflict):
    """Some were received or missed already: the whole is no longer moved nor given up."""

    code = "emargement-commence"
    title = "L’émargement a commencé"


class NobodyCame(Conflict):
    """Nobody enrolled was there."""

    code = "aucun-present"
    title = "Aucune des personnes inscrites n’est venue"


class ParticipantUnknown(NotFound):
    """No such participant, or one the caller may not know of."""

    code = "participant-introuvable"
    title = "Participation introuvable"


class CollectiveMotif(Invalid):
    """Of a collective motif, sessions are created and people enrol: nothing else is done."""

    code = "motif-collectif"
    title = "Ce motif est collectif"
