"""accueil: unconditional reception.

Owns: the annuaire (MDS, sites, sectors, agents), personnes and their contact points, visites,
orientations. Publishes: `events.FACTS`. Listens to: rendezvous, dsu and aides, which answer
orientations.
"""
