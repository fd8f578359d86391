"""The sample patients, one story each; all are made up. The resources stand in ``patients/<file>``."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Story:
    """A sample patient: the id to ask for, what the story is about, and its file in ``patients/``."""

    id: str
    title: str
    file: str


_STORIES = (
    Story(
        "sample-apixaban",
        "A man of 52 with bone marrow edema syndrome of the right talus takes apixaban.",
        "iloprost_with_apixaban.json",
    ),
    Story(
        "sample-pregnant",
        "A woman of 31 with transient osteoporosis of the left hip is pregnant.",
        "iloprost_in_pregnancy.json",
    ),
    Story(
        "sample-safe",
        "A man of 47 with bone marrow edema syndrome of the right talus takes nothing that speaks against iloprost.",
        "iloprost_safe.json",
    ),
    Story(
        "sample-status-unknown",
        "A woman of 33 with bone marrow edema syndrome of the right talus has no pregnancy test on record.",
        "pregnancy_status_unknown.json",
    ),
    Story(
        "sample-unclear",
        "A man of 60 with bone marrow edema syndrome of the right talus takes a blood thinner that nobody names.",
        "anticoagulation_unclear.json",
    ),
    Story(
        "sample-warfarin",
        "A man of 66 takes warfarin, and his order names it only by a reference to a Medication.",
        "warfarin_as_medication_reference.json",
    ),
    Story(
        "sample-inhaled",
        "A woman of 61 inhales iloprost for pulmonary arterial hypertension and takes warfarin.",
        "inhaled_iloprost_for_pulmonary_hypertension.json",
    ),
    Story(
        "sample-ongoing",
        "A man of 58 is given iloprost infusions for bone marrow edema syndrome and has just started rivaroxaban.",
        "ongoing_iloprost_with_new_rivaroxaban.json",
    ),
)


def stories() -> tuple[Story, ...]:
    """Every sample patient, the three of the demo first."""
    return _STORIES
