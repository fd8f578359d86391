"""What a rule stands on, cited by what it is."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Evidence:
    """A source with the place in it. `title` names author or publisher, title and year."""

    title: str
    section: str


def statpearls(section: str) -> Evidence:
    return Evidence(
        "Davis D, Kane S (ed.). Bone Marrow Edema Syndrome. StatPearls, updated 23 June 2020 (review article)", section
    )


def iloprost_smpc(section: str) -> Evidence:
    return Evidence("Iloprost 100 microgram/mL concentrate, UK SmPC (Colonis, 2019)", section)


def iloprost_us_label(section: str) -> Evidence:
    return Evidence("Aurlumyn (iloprost injection), US prescribing information (2024)", section)


def derived(section: str) -> Evidence:
    """A judgment of this project that follows from other rules and awaits a clinical board."""
    return Evidence("Marrow rule specification (no clinical sign-off)", section)
