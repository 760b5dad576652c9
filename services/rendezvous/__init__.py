"""rendezvous: appointments of the service social départemental.

Owns motifs, openings and absences (single or in series), closings, rooms, vehicles, zones, holds,
rendezvous and the waiting list; keeps projections of the personnes, agents, sites and dossiers it
needs.
Publishes rendezvous_booked, _moved, _cancelled, _honoured, _missed; creneau_offered, offer_closed.
Listens to accueil (personne, agent, site) and dsu (dossier).
"""
