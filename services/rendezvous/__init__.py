"""rendezvous: appointments of the service social départemental.

Owns motifs, openings, absences, rooms, holds and rendezvous; keeps projections of the personnes,
agents, sites and dossiers it needs.
Publishes rendezvous_booked, _moved, _cancelled, _honoured, _missed.
Listens to accueil (personne, agent, site) and dsu (dossier).
"""
