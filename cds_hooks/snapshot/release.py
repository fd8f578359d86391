"""Whether a product gives off its drug at once or over hours, from its dose form and its name."""

from __future__ import annotations

import re
from enum import StrEnum

from cds_hooks.snapshot.medication import Medicine


class Release(StrEnum):
    """How a product gives off its drug."""

    IMMEDIATE = "immediate release"
    EXTENDED = "extended release"


_EXTENDED = re.compile(
    r"(?:extended|prolonged|modified|sustained|controlled|slow)[ -]?release|retard|depot"
    r"|liberation (?:prolongee|modifiee)|libération (?:prolongée|modifiée)|lib[eé]raci[oó]n (?:prolongada|modificada)"
    r"|rilascio (?:prolungato|modificato)|transdermal|transdermique|\bpatch|pflaster|cerotto|parche|\bimplant"
    r"|contin(?:us)?\b",
    re.IGNORECASE,
)
# Capitals only: "la" and "er" are words of other languages.
_EXTENDED_ABBREVIATION = re.compile(r"\b(?:ER|XR|XL|SR|CR|MR|LA|CC|LP|TTS|OROS)\b")
_IMMEDIATE = re.compile(r"(?i:immediate[ -]?release)|\bIR\b")
_PLAIN_FORM = re.compile(
    r"tablet|capsule|solution|suspension|drops|tablette|kapsel|lösung|tropfen|comprim|gélule|compress|capsul"
    r"|cápsula|soluz|soluci",
    re.IGNORECASE,
)
_CAPSULE = re.compile(r"capsule|kapsel|gélule|capsula|cápsula", re.IGNORECASE)


def release(medicine: Medicine) -> Release | None:
    """None where neither form nor name says. A name without a form tells immediate release by the word or by a capsule
    alone: a "tablet" in an order's text is often short for one of extended release."""
    said = f"{medicine.form} {medicine.name}"
    if _EXTENDED.search(said) or _EXTENDED_ABBREVIATION.search(said):
        return Release.EXTENDED
    plain = _PLAIN_FORM.search(medicine.form) if medicine.form else _CAPSULE.search(medicine.name)
    return Release.IMMEDIATE if plain or _IMMEDIATE.search(said) else None
