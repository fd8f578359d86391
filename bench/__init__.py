"""How fast Marrow answers, as a ratio to the least that any FastAPI service has to do with the same body."""
