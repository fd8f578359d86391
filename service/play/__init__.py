"""Playing the EHR: what `marrow try` and `marrow demo` do."""
