"""Reading from the EHR's FHIR server: one page (`client`), all queries of a round (`gather`), all rounds (`rounds`), and
a server that is left alone (`breaker`)."""
