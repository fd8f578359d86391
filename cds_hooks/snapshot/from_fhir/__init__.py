"""From FHIR to facts: the only place, with `queries` and `cards.suggestions`, that knows resources and codes."""
