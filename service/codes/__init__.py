"""`marrow codes`: the meaning of a code, what an export holds that is not known, the library as FHIR value sets."""
