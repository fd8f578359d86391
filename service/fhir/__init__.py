"""Reading from the EHR's FHIR server: one page (`client`), all queries of a round (`gather`), all rounds (`rounds`).

`breaker` says when a server is left alone.
"""
