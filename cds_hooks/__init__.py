"""The core: wire models, patient snapshot, rules and cards. Pure and synchronous: no socket, clock, dice or log."""
