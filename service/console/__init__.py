"""The web console at `/console`: try a call, read the rules, see a patient's course. Needs the extra `console`.

    door (who may open) -> routes -> playing (one call) | rule_book | course -> pages (HTML)

Rendered on the server; every form works without scripts, and htmx swaps parts of the page where scripts run.
"""
