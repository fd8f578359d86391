"""Places of the body from codes and words (rule specification 0.2, SITE)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec import Raw

from cds_hooks.snapshot.from_fhir.reader import Lookups
from cds_hooks.snapshot.from_fhir.recognition import coded, texts_of
from cds_hooks.snapshot.report_text import ELSEWHERE, Region, Side
from cds_hooks.snapshot.site import Site
from cds_hooks.snapshot.vocabulary import Concept
from cds_hooks.wire import fhir

REGIONS: Mapping[Region, tuple[Concept, ...]] = {
    Region.HIP: (
        *(Concept.SITE_HIP, Concept.SITE_FEMORAL_HEAD, Concept.SITE_FEMORAL_NECK),
        *(Concept.MRI_HIP, Concept.XRAY_HIP),
    ),
    Region.KNEE: (
        *(Concept.SITE_KNEE, Concept.SITE_PATELLA, Concept.SITE_DISTAL_FEMUR, Concept.SITE_TIBIAL_PLATEAU),
        *(Concept.MRI_KNEE, Concept.XRAY_KNEE),
    ),
    Region.ANKLE_FOOT: (
        *(Concept.SITE_ANKLE, Concept.SITE_FOOT, Concept.SITE_TALUS, Concept.SITE_CALCANEUS, Concept.SITE_CUBOID),
        *(Concept.SITE_NAVICULAR, Concept.SITE_TARSUS, Concept.MRI_ANKLE, Concept.MRI_FOOT),
        *(Concept.XRAY_ANKLE, Concept.XRAY_FOOT),
    ),
    Region.SPINE: (
        *(Concept.SITE_SPINE, Concept.MRI_SPINE, Concept.XRAY_SPINE),
        *(Concept.MRI_SPINE_CERVICAL, Concept.MRI_SPINE_THORACIC, Concept.MRI_SPINE_LUMBAR),
    ),
    Region.SACROILIAC: (
        *(Concept.SITE_SACROILIAC, Concept.SITE_PELVIS),
        *(Concept.MRI_SACROILIAC, Concept.MRI_PELVIS, Concept.XRAY_SACROILIAC, Concept.XRAY_PELVIS_SACROILIAC),
    ),
    Region.SHOULDER: (Concept.SITE_SHOULDER,),
    Region.WRIST_HAND: (Concept.SITE_WRIST_HAND,),
    Region.OTHER: (
        *(Concept.SITE_FEMUR, Concept.SITE_THIGH, Concept.SITE_TIBIA, Concept.SITE_FIBULA, Concept.SITE_LOWER_LEG),
        *(Concept.MRI_THIGH, Concept.MRI_LOWER_LEG),
    ),
}
"""The first that fits counts: the femoral head before the femur."""
PLACES = {concept: place for place, concepts in enumerate(REGIONS.values()) for concept in concepts}
SIDES = {Concept.SIDE_LEFT: Side.LEFT, Concept.SIDE_RIGHT: Side.RIGHT, Concept.SIDE_BILATERAL: Side.BOTH}

Concepts = Sequence[fhir.CodeableConcept]


def site_of(lookups: Lookups, *sources: Concepts) -> Site:
    """The place that these concepts name, by their codes, then by their words.

    The first source (a body site, then a code) that names a region gives it, and so for the side; a source that names
    both sides means both. Other places give way to a region that rules know.
    """
    region: Region | None = None
    side: Side | None = None
    for said in _readings(lookups, sources):
        if region is None or region in ELSEWHERE:
            regions = [place.region for place in said if place.region]
            region = min([*regions, *([region] if region else [])], key=ELSEWHERE.__contains__, default=None)
        side = side or _one({place.side for place in said if place.side})
        if side and region and region not in ELSEWHERE:
            break
    return Site(region, side)


def levels_of(lookups: Lookups, *sources: Concepts) -> frozenset[str]:
    """The levels of the spine that these concepts name in words; where several sources do, all of them."""
    return frozenset(level for source in sources for text in texts_of(source) for level in lookups.levels(text))


def _readings(lookups: Lookups, sources: Iterable[Concepts]) -> Iterator[list[Site]]:
    """What each source says by code, then what it says in words."""
    for source in sources:
        yield [_place(coded(concept, lookups)) for concept in source]
        yield [lookups.place(text) for text in texts_of(source)]


def _place(found: frozenset[Concept]) -> Site:
    place = min((PLACES[concept] for concept in found if concept in PLACES), default=None)
    side = _one({SIDES[concept] for concept in found if concept in SIDES})
    return Site(None if place is None else list(REGIONS)[place], side)


def _one(sides: set[Side]) -> Side | None:
    return sides.pop() if len(sides) == 1 else Side.BOTH if sides else None


def concepts_in(raw: Raw) -> Concepts:
    """The CodeableConcepts of an element that is one or a list of them; none where it is malformed."""
    found = fhir.decode_list(raw, fhir.CodeableConcept)
    if found is None and (single := fhir.decode(raw, fhir.CodeableConcept)):
        return (single,)
    return found or ()


def in_words(*texts: str | None) -> Concepts:
    """Texts as concepts without a code."""
    return tuple(fhir.CodeableConcept(text=text) for text in texts if text and text.strip())
