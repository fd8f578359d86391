"""The words in which a report is retold: finding, assertion, place, and the mention that joins them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple


class Finding(StrEnum):
    """What rules ask of a report. A named diagnosis and its imaging sign are two findings."""

    MARROW_EDEMA = "marrow_edema"
    EDEMA_SYNDROME = "edema_syndrome"  # bone marrow edema syndrome, transient osteoporosis
    OSTEONECROSIS = "osteonecrosis"  # the diagnosis by its name
    OSTEONECROSIS_SIGN = "osteonecrosis_sign"  # crescent, subchondral collapse
    RIM_SIGN = "rim_sign"  # rim or double line
    FRACTURE = "fracture"
    SUBCHONDRAL_FRACTURE = "subchondral_fracture"
    EFFUSION = "effusion"
    MASS = "mass"  # mass, tumor, metastasis, infiltration
    DESTRUCTION = "destruction"  # of cortex or bone
    PERIOSTEAL_REACTION = "periosteal_reaction"
    SOFT_TISSUE_INFECTION = "soft_tissue_infection"  # abscess, sinus tract, fluid collection, cellulitis, ulcer
    OSTEOMYELITIS = "osteomyelitis"  # infection of bone, joint or disc
    EROSION = "erosion"  # of a joint
    FAT_METAPLASIA = "fat_metaplasia"  # structural, where an inflammation of a joint was
    OSTEOPENIA = "osteopenia"  # also osteoporosis, demineralization
    SYNOVITIS = "synovitis"
    RAMRIS_SCORE = "ramris_score"  # the edema score


class Assertion(StrEnum):
    """What a report says of a finding; the first in this order is the verdict of several mentions."""

    PRESENT = "present"
    UNCERTAIN = "uncertain"
    ABSENT = "absent"
    HISTORICAL = "historical"


class Region(StrEnum):
    """The regions of the body that rules tell apart."""

    HIP = "hip"  # with the proximal femur
    KNEE = "knee"
    ANKLE_FOOT = "ankle_foot"
    SPINE = "spine"
    SACROILIAC = "sacroiliac"  # with the pelvis
    SHOULDER = "shoulder"
    WRIST_HAND = "wrist_hand"
    ARM = "arm"  # elbow, upper arm and forearm
    TRUNK = "trunk"  # ribs, sternum, skull
    OTHER = "other"


ELSEWHERE = frozenset({Region.ARM, Region.TRUNK, Region.OTHER})
"""Other places: two of them are never known to be the same (rule specification 0.8)."""


class Side(StrEnum):
    LEFT = "left"
    RIGHT = "right"
    BOTH = "both"


class FractureKind(StrEnum):
    INSUFFICIENCY = "insufficiency"
    STRESS = "stress"
    COMPRESSION = "compression"
    PATHOLOGICAL = "pathological"


class Pattern(StrEnum):
    HEAD_AND_NECK = "head_and_neck"  # of the femur
    DIFFUSE = "diffuse"


# A rim sign is a sign of osteonecrosis, a subchondral fracture is a fracture.
_NARROWER: Mapping[Finding, Finding] = MappingProxyType(
    {Finding.OSTEONECROSIS_SIGN: Finding.RIM_SIGN, Finding.FRACTURE: Finding.SUBCHONDRAL_FRACTURE}
)
_WIDER: Mapping[Finding, Finding] = MappingProxyType({narrow: wide for wide, narrow in _NARROWER.items()})


class Mention(NamedTuple):
    """One finding in one sentence. The sentence is the report's own text, unescaped; place is None where not said.

    `depth_mm` is how deep edema reaches from the joint; its comparator is "<", ">" or empty. `score` belongs to RAMRIS.
    A named tuple, because a report makes many and a frozen dataclass takes four times as long to build.
    """

    finding: Finding
    assertion: Assertion
    sentence: str
    site: Region | None = None
    side: Side | None = None
    level: str = ""  # of the spine: "L4", "L4/5", "T12"
    subchondral: bool = False  # femoral head, condyle, tibial plateau, talar dome, humeral head
    fracture_kind: FractureKind | None = None
    pattern: Pattern | None = None
    depth_mm: float | None = None
    depth_comparator: str = ""
    score: float | None = None


@dataclass(frozen=True, slots=True)
class ReportReading:
    """The mentions of a report, in its order."""

    mentions: tuple[Mention, ...]

    def of(self, *findings: Finding) -> tuple[Mention, ...]:
        return tuple(mention for mention in self.mentions if mention.finding in findings)

    def verdict(self, finding: Finding) -> Assertion | None:
        """What the report as a whole says: present before uncertain before absent before historical; None if silent.

        "Subchondral fracture" also says fracture; "no fracture" also says no subchondral fracture.
        """
        said = {mention.assertion for mention in self.of(finding)}
        if finding in _NARROWER:
            said |= {mention.assertion for mention in self.of(_NARROWER[finding])} - {Assertion.ABSENT}
        if finding in _WIDER:
            said |= {mention.assertion for mention in self.of(_WIDER[finding])} & {Assertion.ABSENT}
        return next((assertion for assertion in Assertion if assertion in said), None)
