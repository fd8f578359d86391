"""The addresses that Marrow answers: discovery, calls, health. Thin: parse, call, reply."""
