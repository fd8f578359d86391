"""Who may ask Marrow (`client_jwt`, `keys`) and whom Marrow may ask for them (`outbound`)."""
