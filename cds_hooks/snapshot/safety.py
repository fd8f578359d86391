"""What speaks against an examination or for an infection, as several rules and every proposal ask it (rule
specification 0.2: MRI_OK, GADO_OK, RADIATION_OK; DX-07 predicates)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cds_hooks.snapshot.model import Absent, Fact, Factual, Finding, Present, any_of, finding, only
from cds_hooks.snapshot.policy import Threshold
from cds_hooks.snapshot.problem import Event, Problem, Result
from cds_hooks.snapshot.report_text import Region
from cds_hooks.snapshot.site import Site
from cds_hooks.snapshot.vocabulary import Concept

if TYPE_CHECKING:
    from cds_hooks.snapshot.patient import Patient

MRI_UNSAFE = (
    Concept.MRI_CONTRAINDICATION,
    Concept.PACEMAKER,
    Concept.IMPLANTABLE_DEFIBRILLATOR,
    Concept.IMPLANTED_ELECTRONIC_DEVICE,
    Concept.NEUROSTIMULATOR,
    Concept.COCHLEAR_IMPLANT,
    Concept.CARDIAC_ASSIST_DEVICE,
    Concept.ANEURYSM_CLIP,
    Concept.RETAINED_METAL,
)
KIDNEY_FAILURE = (Concept.ACUTE_KIDNEY_INJURY, Concept.DIALYSIS, Concept.END_STAGE_RENAL_DISEASE)
BONE_INFECTION = (Concept.OSTEOMYELITIS, Concept.SEPTIC_ARTHRITIS, Concept.PROSTHETIC_JOINT_INFECTION)
BELOW_THE_HIP = (Region.KNEE, Region.ANKLE_FOOT)
SOFT_TISSUE_INFECTION = (Concept.CELLULITIS, Concept.ABSCESS, Concept.FOOT_ULCER, Concept.LOWER_LIMB_ULCER)
GADOLINIUM_EGFR = Threshold(
    name="gadolinium-egfr",
    unit="mL/min/1.73 m2",
    default=30,
    low=15,
    high=45,
    source="ACR and ACOG statements on gadolinium (secondary copies)",
)
GADOLINIUM_EGFR_DAYS = Threshold(
    name="gadolinium-egfr-days", unit="d", default=42, low=1, high=365, source="ours, awaiting a clinical board"
)
CRP_OF_INFECTION = Threshold(
    name="infection-crp", unit="mg/L", default=50, low=10, high=200, source="ours, awaiting a clinical board"
)
CRP_DAYS = Threshold(
    name="infection-crp-days", unit="d", default=14, low=1, high=90, source="ours, awaiting a clinical board"
)
FEVER = Threshold(name="fever", unit="Cel", default=38.0, low=37.5, high=39.0, source="usual definition of fever")
FEVER_DAYS = Threshold(name="fever-days", unit="d", default=7, low=1, high=30, source="ours, awaiting a clinical board")
CRP_UPPER_LIMIT = 5.0  # mg/L, where the laboratory states none


def mri_contraindication(patient: Patient) -> Finding[Problem | Event]:
    """Not MRI_OK: a recorded contraindication to magnetic resonance imaging. A device is asked for, not assumed; one
    that is recorded as MR conditional or MR safe is none."""
    return only(patient.carries(*MRI_UNSAFE), lambda item: mri_forbidden(item) or not _mri_compatible(item))


def mri_forbidden(item: Problem | Event) -> bool:
    """It says itself that an MRI must not be made."""
    return Concept.MRI_CONTRAINDICATION in item.concepts


def _mri_compatible(item: Problem | Event) -> bool:
    return Concept.MRI_COMPATIBLE in item.concepts


def contrast_contraindication(patient: Patient) -> Finding[Factual]:
    """Not GADO_OK, beyond what speaks against any MRI: pregnancy, severe kidney disease, allergy to gadolinium."""
    egfr = patient.egfr(patient.policy[GADOLINIUM_EGFR_DAYS])
    low = egfr
    if isinstance(egfr, Present):
        below = tuple(item for item in egfr.items if item.surely_below(patient.policy[GADOLINIUM_EGFR]))
        low = finding(below, ())
    allergies = patient.allergic(Concept.GADOLINIUM_ALLERGY, Concept.CONTRAST_MEDIA_ALLERGY)
    return any_of(patient.pregnancy, patient.has(*KIDNEY_FAILURE), allergies, low)


def bone_infection(patient: Patient, site: Site | None = None) -> Finding[Factual]:
    """The predicates of rule DX-07: a bone or joint infection suspected or known, fever with a raised CRP, a high CRP,
    or an ulcer, cellulitis or abscess at the site (at any, where no site is asked for)."""
    soft_tissue = soft_tissue_infection(patient, site) if site and site.known else _soft_tissue(patient)
    return any_of(_problems(patient, site, BONE_INFECTION), soft_tissue, _inflammation(patient))


def infection_behind_edema(patient: Patient, site: Site) -> Finding[Factual]:
    """The predicates of rule DX-07 about an edema at this site: a bone or joint infection anywhere, signs in the blood,
    or an ulcer, cellulitis or abscess at this very site."""
    return any_of(
        _problems(patient, None, BONE_INFECTION), soft_tissue_infection(patient, site), _inflammation(patient)
    )


def local_infection(patient: Patient, site: Site) -> Finding[Factual]:
    """An infection of bone or joint, or of soft tissue, on record at this very site, suspected ones included."""
    of_bone = only(_problems(patient, None, BONE_INFECTION), lambda item: item.site.same_as(site))
    return any_of(of_bone, soft_tissue_infection(patient, site))


def soft_tissue_infection(patient: Patient, site: Site) -> Finding[Problem]:
    """An ulcer, cellulitis or abscess at this very site, suspected ones included. A foot ulcer is one of the foot, also
    where no site is said; what a code gives to the lower limb as a whole is counted at knee, ankle and foot; any other
    without a site may be anywhere and is not counted."""
    return only(_soft_tissue(patient), lambda item: _where(item, site).same_as(site))


def _soft_tissue(patient: Patient) -> Finding[Problem]:
    return _problems(patient, None, SOFT_TISSUE_INFECTION)


def _where(item: Problem, asked: Site) -> Site:
    """Where it is, as far as the site that is asked for goes."""
    if item.site.known:
        return item.site
    if Concept.FOOT_ULCER in item.concepts:
        return Site(Region.ANKLE_FOOT, item.site.side)
    if Concept.SITE_LOWER_LIMB in item.concepts and asked.region in BELOW_THE_HIP:
        return Site(asked.region, item.site.side)
    return item.site


def crp_raised(crp: Result) -> bool:
    """Above the laboratory's own limit, else the usual one."""
    return crp.quantity is not None and crp.quantity.surely_above(CRP_UPPER_LIMIT if crp.high is None else crp.high)


def _problems(patient: Patient, site: Site | None, concepts: tuple[Concept, ...]) -> Finding[Problem]:
    """Any verification status but refuted counts, differential included."""
    found = tuple(
        item
        for item in (*patient.problems.items, *patient.differentials)
        if item.current and not item.concepts.isdisjoint(concepts) and (site is None or item.site.may_be(site))
    )
    return finding(found, patient.problems.gaps)


def _inflammation(patient: Patient) -> Finding[Factual]:
    """CRP at or above its limit, or fever with a CRP above the laboratory's limit. Missing results are silent."""
    crp = patient.newest(Concept.CRP, patient.policy[CRP_DAYS], preliminary=True)
    if not isinstance(crp, Present):
        return crp
    limit = patient.policy[CRP_OF_INFECTION]
    high = tuple(item for item in crp.items if item.surely_at_least(limit))
    if high:
        return Present(high)
    raised = tuple(item for item in crp.items if crp_raised(item))
    fever_days = patient.policy[FEVER_DAYS]
    fever = patient.newest(Concept.BODY_TEMPERATURE, fever_days, preliminary=True) if raised else Absent()
    if not isinstance(fever, Present):
        return fever
    hot = tuple(item for item in fever.items if item.surely_at_least(patient.policy[FEVER]))
    facts: tuple[Fact, ...] = tuple(item.fact for item in (*hot, *raised)) if hot else ()
    return finding(facts, ())
