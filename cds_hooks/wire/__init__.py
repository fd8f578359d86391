"""What travels over the wire: CDS Hooks messages and the FHIR fields that are read. camelCase stays here."""
