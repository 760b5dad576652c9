"""The single social case file: dossiers, their référent, their interventions, who read them.

Owns: dossiers, référents, associations, interventions and notes, the journal of reads, the dated
nomenclature and the dated access matrix.
Publishes: dossier_opened, referent_assigned, professional_associated, association_ended,
intervention_recorded, dossier_closed, dossier_reopened.
Listens to: accueil (personne_*, protection_changed, agent_*, site_changed, orientation_requested),
rendezvous (rendezvous_honoured, rendezvous_missed), aides (demande_decided).
"""
