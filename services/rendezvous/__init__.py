"""rendezvous: appointments of the service social départemental.

Owns motifs, openings and absences (single or in series), the reprises of absences, closings,
rooms, vehicles, zones, holds, rendezvous and their participations, the waiting list, the measured
waits and the plannings of the volants; keeps projections of the personnes, agents, sites and
dossiers it needs.
Publishes rendezvous_booked, _moved, _cancelled, _honoured, _missed; participant_joined, _left;
creneau_offered, offer_closed; absence_recorded, _cancelled; delai_exceeded, renfort_assigned.
Listens to accueil (personne, agent, site) and dsu (dossier).
"""
