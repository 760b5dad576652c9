"""Consent and information sharing: what may leave the service social, to whom, and why.

Owns: partners and their contracts, consentements, oppositions, partages signed by a named
professional, the decisions taken and the log of what each partner received.
Publishes: consent_granted, consent_withdrawn, opposition_registered, partage_signed,
partage_ended.
Listens to: every fact of the six services, to decide what partners may receive.
"""
