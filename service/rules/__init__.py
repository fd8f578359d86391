"""The rules for people: what each recommends, when, on which evidence, and how the site runs it."""
