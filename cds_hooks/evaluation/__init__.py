"""Asking the rules and weighing what they say."""
