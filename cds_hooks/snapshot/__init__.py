"""The patient as the rules see it: frozen facts in clinical words, each with when and where it came from."""
