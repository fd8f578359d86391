"""How the tables came to be, step by step; `marrow db upgrade` runs the steps that a database lacks."""
