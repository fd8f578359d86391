"""Which imaging examination of a place is meant by a proposal: the service of its region, else that without one; and
whether an examination was made, or is ordered already."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from cds_hooks.snapshot.imaging import ImagingReport
from cds_hooks.snapshot.model import Finding, finding
from cds_hooks.snapshot.problem import Event
from cds_hooks.snapshot.report_text import Region
from cds_hooks.snapshot.site import Site
from cds_hooks.snapshot.vocabulary import Concept, Service

if TYPE_CHECKING:
    from cds_hooks.snapshot.patient import Patient

_MRI: Mapping[Region | None, Service] = MappingProxyType(
    {
        Region.HIP: Service.MRI_HIP,
        Region.KNEE: Service.MRI_KNEE,
        Region.ANKLE_FOOT: Service.MRI_ANKLE,
        Region.SACROILIAC: Service.MRI_PELVIS,
        Region.SHOULDER: Service.MRI_SHOULDER,
        Region.WRIST_HAND: Service.MRI_WRIST_HAND,
    }
)
_WITHOUT_CONTRAST: Mapping[Region | None, Service] = MappingProxyType(
    {
        Region.HIP: Service.MRI_HIP_WITHOUT_CONTRAST,
        Region.KNEE: Service.MRI_KNEE_WITHOUT_CONTRAST,
        Region.ANKLE_FOOT: Service.MRI_ANKLE_WITHOUT_CONTRAST,
        Region.SACROILIAC: Service.MRI_PELVIS_WITHOUT_CONTRAST,
    }
)
_CT: Mapping[Region | None, Service] = MappingProxyType(
    {
        Region.HIP: Service.CT_HIP,
        Region.KNEE: Service.CT_KNEE,
        Region.ANKLE_FOOT: Service.CT_ANKLE,
        Region.SACROILIAC: Service.CT_PELVIS,
    }
)
MRIS = (*_MRI.values(), Service.MRI)
MRIS_WITHOUT_CONTRAST = (*_WITHOUT_CONTRAST.values(), Service.MRI_WITHOUT_CONTRAST)
CTS = (*_CT.values(), Service.CT)
"""What the functions below may give: a rule that proposes one declares them all."""


def mri_of(site: Site) -> Service:
    return _MRI.get(site.region, Service.MRI)


def mri_without_contrast_of(site: Site) -> Service:
    return _WITHOUT_CONTRAST.get(site.region, Service.MRI_WITHOUT_CONTRAST)


def ct_of(site: Site) -> Service:
    return _CT.get(site.region, Service.CT)


def ordered(patient: Patient, *concepts: Concept) -> Finding[Event]:
    """An open order of one of these tests."""
    found = tuple(item for item in patient.care.about(*concepts) if item.open)
    return finding(found, patient.care.gaps)


def mri_lately(patient: Patient, site: Site, within_days: float) -> Finding[ImagingReport]:
    """MR reports of the last days about this site, readable or not, preliminary ones too. A site that is not said may
    be any."""
    found = tuple(
        report
        for report in patient.mri_reports.items
        if report.when.age_days(patient.as_of) <= within_days
        and (not site.known or not report.site.known or report.about(site))
    )
    return finding(found, patient.mri_reports.gaps)
