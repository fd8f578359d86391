"""Osteonecrosis: its signs on MRI that nobody has followed up (rule ON-01), and the diagnosis on record."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cds_hooks.snapshot.imaging import Sign
from cds_hooks.snapshot.model import Finding, Present, finding, gaps_of, unless
from cds_hooks.snapshot.problem import Problem
from cds_hooks.snapshot.report_text import Finding as Seen
from cds_hooks.snapshot.site import Site
from cds_hooks.snapshot.team import ORTHOPEDICS, seen_or_referred
from cds_hooks.snapshot.vocabulary import Concept, Need

if TYPE_CHECKING:
    from cds_hooks.snapshot.patient import Patient

NEEDS = (Need.MRI, Need.ENCOUNTERS, Need.CARE, Need.APPOINTMENTS)


def unreferred_signs(patient: Patient, site: Site | None = None) -> Finding[Sign]:
    """A rim sign, double line, crescent or subchondral collapse of this site, or of any, without a visit or referral to
    orthopedics since the report."""
    signs = patient.seen_on_mri(Seen.RIM_SIGN, Seen.OSTEONECROSIS_SIGN, site=site)
    if not isinstance(signs, Present):
        return signs
    judged = [
        unless(Present((sign,)), seen_or_referred(patient, *ORTHOPEDICS, since=sign.fact.when)) for sign in signs.items
    ]
    found = tuple(sign for each in judged if isinstance(each, Present) for sign in each.items)
    gaps = (*signs.gaps, *(gap for each in judged for gap in gaps_of(each)))
    return finding(found, tuple(dict.fromkeys(gaps)), signs.remarks)


def osteonecrosis_at(patient: Patient, site: Site) -> Finding[Problem]:
    """Osteonecrosis of this site, or of a place that is not said: confirmed, suspected or only considered."""
    rows = (item for item in (*patient.problems.items, *patient.differentials) if item.current)
    found = tuple(item for item in rows if Concept.OSTEONECROSIS in item.concepts and item.site.may_be(site))
    return finding(found, patient.problems.gaps)
