"""Financial aid: demandes, their instruction, decision and payment, and the envelopes they draw on.

Owns: demandes, decisions, commission sessions, payments, envelopes and their ledger, the dated
règlement.
Publishes: demande_filed, demande_decided, aide_paid, enveloppe_threshold_reached.
Listens to: accueil (personne_registered, personne_deceased, protection_changed, site_changed), dsu
(dossier_opened, dossier_closed, dossier_reopened).
"""
