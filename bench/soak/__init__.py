"""`make soak`: a running Marrow under mixed calls and faults, and an account of every answer.

`__main__` puts it together, `ehr` is the FHIR server that fails as it is told, `weather` what fails for everyone,
`sending` the calls, `ledger` what became of them and whether that is explained, `memory` what the process holds,
`reporting` the tables.
"""
