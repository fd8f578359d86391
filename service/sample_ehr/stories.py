"""The sample patients, one story each; all are made up.

A chart stands in ``patients/<file>``, or is built by a function of ``told``. Each story says at which hook, and with
which drafts, it is worth playing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from typing import Any

from service.sample_ehr import told
from service.sample_ehr.charts import Chart
from service.sample_ehr.placeholders import fill

_AGE = re.compile(r" of (\d+) ")
_GIVEN = ("Alder", "Aspen", "Briar", "Cedar", "Clover", "Elm", "Fern", "Hazel", "Heath", "Ivy", "Juniper", "Laurel")


@dataclass(frozen=True, slots=True)
class Story:
    """A sample patient: the id to ask for, what the story is about, its pathway, and how to play it.

    `file` is its Bundle in ``patients/``; without one, `chart` fills it.
    """

    id: str
    title: str
    pathway: str
    hook: str
    drafts: tuple[str, ...] = ()
    file: str = ""
    chart: Callable[[Chart], None] | None = None

    def resources(self, today: date) -> list[dict[str, Any]]:
        """Every resource of the patient, dated relative to the day.

        ValueError for a file with an unknown placeholder or broken JSON: the samples are ours, so it is our mistake.
        """
        if self.chart is None:
            text = files(__package__).joinpath("patients", self.file).read_text(encoding="utf-8")
            return [entry["resource"] for entry in json.loads(fill(text, today))["entry"]]
        age = _AGE.search(self.title)
        if age is None:
            raise ValueError(f"{self.id}: a title says the age, as in `A woman of 31 ...`")
        gender = "female" if self.title.startswith(("A woman", "A girl")) else "male"
        chart = Chart(self.id, _GIVEN[len(self.title) % len(_GIVEN)], gender, int(age[1]), today)
        self.chart(chart)
        return chart.resources


def _file(id: str, title: str, pathway: str, hook: str, file: str, *drafts: str) -> Story:  # noqa: A002 -- FHIR's name
    return Story(f"sample-{id}", title, pathway, hook, drafts, file=f"{file}.json")


def _told(id: str, title: str, pathway: str, hook: str, chart: Callable[[Chart], None], *drafts: str) -> Story:  # noqa: A002
    return Story(f"sample-{id}", title, pathway, hook, drafts, chart=chart)


VIEW, SELECT, SIGN = "patient-view", "order-select", "order-sign"
DX, TB, VF, IA = "Diagnosis", "Transient edema syndrome", "Vertebral fracture", "Inflammatory arthropathy"
RF, CF, ON, SP = "Refractory", "Diabetic foot", "Ischemia and osteonecrosis", "Special populations"
CI, ED, DS = "Prostacyclin contraindications", "Education and team", "Drug and procedure safety"
_STORIES = (
    _file(
        "apixaban",
        "A man of 52 with bone marrow edema syndrome of the right talus takes apixaban.",
        *(CI, SIGN, "iloprost_with_apixaban", "iloprost-iv"),
    ),
    _file(
        "pregnant",
        "A woman of 31 with transient osteoporosis of the left hip is pregnant.",
        *(CI, SIGN, "iloprost_in_pregnancy", "iloprost-iv"),
    ),
    _file(
        "safe",
        "A man of 47 with bone marrow edema syndrome of the right talus takes nothing that speaks against iloprost.",
        *(CI, SIGN, "iloprost_safe", "iloprost-iv"),
    ),
    _file(
        "status-unknown",
        "A woman of 33 with bone marrow edema syndrome of the right talus has no pregnancy test on record.",
        *(CI, SIGN, "pregnancy_status_unknown", "iloprost-iv"),
    ),
    _file(
        "unclear",
        "A man of 60 with bone marrow edema syndrome of the right talus takes a blood thinner that nobody names.",
        *(CI, SIGN, "anticoagulation_unclear", "iloprost-iv"),
    ),
    _file(
        "warfarin",
        "A man of 66 takes warfarin, and his order names it only by a reference to a Medication.",
        *(CI, SIGN, "warfarin_as_medication_reference", "iloprost-iv"),
    ),
    _file(
        "inhaled",
        "A woman of 61 inhales iloprost for pulmonary arterial hypertension and takes warfarin.",
        *(CI, SIGN, "inhaled_iloprost_for_pulmonary_hypertension", "iloprost-inhaled"),
    ),
    _file(
        "ongoing",
        "A man of 58 is given iloprost infusions for bone marrow edema syndrome and has just started rivaroxaban.",
        *(CI, VIEW, "ongoing_iloprost_with_new_rivaroxaban"),
    ),
    _told(
        "cause",
        "A woman of 45 has marrow edema of the left knee on MRI, and nobody has looked for the cause.",
        *(DX, VIEW, told.cause_unknown),
    ),
    _told(
        "infection",
        "A man of 68 with a diabetic foot ulcer has marrow edema of the heel, fever and a high CRP.",
        *(DX, VIEW, told.possible_infection),
    ),
    _told(
        "pacemaker",
        "A man of 71 with a pacemaker is to have an MRI of the hip.",
        *(DX, SELECT, told.no_mri_possible, "mri-hip"),
    ),
    _told(
        "necrosis-or-edema",
        "A man of 42 takes prednisone, and his MRI cannot tell osteonecrosis from transient edema.",
        *(DX, VIEW, told.osteonecrosis_or_edema),
    ),
    _told(
        "negative-mri",
        "A woman of 50 with hip pain and an MRI without edema is to be given iloprost.",
        *(DX, SIGN, told.negative_mri, "iloprost-iv-for-edema"),
    ),
    _told(
        "early",
        "A man of 44 has had transient osteoporosis of the left hip for six weeks, and his vitamin D is low.",
        *(TB, VIEW, told.early_course),
    ),
    _told(
        "cast",
        "A woman of 39 with bone marrow edema syndrome of the ankle is to wear a cast for ten weeks.",
        *(TB, SELECT, told.long_cast, "cast-ten-weeks"),
    ),
    _told(
        "beyond",
        "A man of 49 with bone marrow edema syndrome still has pain 14 months after the onset.",
        *(TB, VIEW, told.beyond_the_course),
    ),
    _told(
        "vertebra-opioid",
        "A woman of 74 with a fresh fracture of L1 takes lorazepam and is to take oxycodone for a month.",
        *(VF, SIGN, told.vertebral_opioid, "oxycodone"),
    ),
    _told(
        "vertebroplasty",
        "A woman of 79 is to have a vertebroplasty four weeks after her fracture.",
        *(VF, SIGN, told.vertebroplasty_early, "vertebroplasty"),
    ),
    _told(
        "bed-rest",
        "A woman of 82 with a fresh fracture of L2 is put to bed rest.",
        *(VF, SIGN, told.bed_rest, "bed-rest"),
    ),
    _told(
        "adalimumab",
        "A man of 35 with edema of the knee and no inflammatory disease is to be given adalimumab.",
        *(IA, SELECT, told.tnf_without_indication, "adalimumab"),
    ),
    _told(
        "spondyloarthritis",
        "A man of 29 with axial spondyloarthritis is to be given adalimumab before any test for tuberculosis.",
        *(IA, SIGN, told.axial_spondyloarthritis, "adalimumab"),
    ),
    _told(
        "denosumab",
        "A woman of 58 with refractory edema and low calcium and vitamin D is to be given denosumab.",
        *(RF, SIGN, told.denosumab_low_vitamin_d, "denosumab"),
    ),
    _told(
        "zoledronate",
        "A man of 66 with stage 4 kidney disease is to be given zoledronic acid.",
        *(RF, SIGN, told.zoledronate_kidney, "zoledronate"),
    ),
    _told(
        "decompression",
        "A man of 46 with two months of edema of the hip is booked for core decompression.",
        *(RF, SELECT, told.decompression_early, "core-decompression"),
    ),
    _told(
        "plasma",
        "A woman of 41 with edema of the knee asks for platelet-rich plasma.",
        *(RF, SELECT, told.platelet_plasma, "platelet-rich-plasma"),
    ),
    _told(
        "denosumab-stopped",
        "A woman of 67 was last given denosumab seven months ago.",
        *(RF, VIEW, told.denosumab_stopped),
    ),
    _told(
        "charcot",
        "A man of 57 with an active Charcot foot is sent to walking exercise.",
        *(CF, SIGN, told.charcot_walking, "walking-exercise"),
    ),
    _told(
        "foot-ulcer",
        "A woman of 63 with a diabetic foot ulcer has marrow edema of the heel.",
        *(CF, VIEW, told.foot_ulcer),
    ),
    _told(
        "osteonecrosis",
        "A man of 38 with osteonecrosis of the femoral head is to have a steroid injection.",
        *(ON, SIGN, told.osteonecrosis_injection, "steroid-injection-hip"),
    ),
    _told(
        "ischemia",
        "A man of 69 with rest pain of an ischemic leg has marrow edema of the forefoot.",
        *(ON, VIEW, told.ischemic_limb),
    ),
    _told(
        "child",
        "A girl of 13 with edema of the knee is to be given zoledronic acid.",
        *(SP, SIGN, told.child, "zoledronate"),
    ),
    _told(
        "third-trimester",
        "A woman of 30 in week 33 of pregnancy with transient osteoporosis of the hip is to take ibuprofen.",
        *(SP, SIGN, told.nsaid_in_third_trimester, "ibuprofen"),
    ),
    _told(
        "runner",
        "A man of 27 who runs marathons has a stress fracture of the tibia with marrow edema.",
        *(SP, VIEW, told.runner),
    ),
    _told(
        "mood",
        "A woman of 52 with eight months of edema of the hip has a PHQ-9 score of 16.",
        *(ED, VIEW, told.low_mood),
    ),
    _told(
        "discharge",
        "A man of 55 with edema of the talus leaves the hospital without written advice or a review date.",
        *(ED, "encounter-discharge", told.discharge),
    ),
    _told(
        "nsaid-heart",
        "A man of 70 with heart failure who takes apixaban is to take ibuprofen for edema of the knee.",
        *(DS, SIGN, told.nsaid_heart, "ibuprofen"),
    ),
    _told(
        "nifedipine",
        "A woman of 48 with a blood pressure of 88/54 and clarithromycin is to take nifedipine.",
        *(DS, SIGN, told.nifedipine_pressure, "nifedipine"),
    ),
    _told(
        "vitamin-d-high",
        "A man of 61 with kidney stones and a vitamin D of 112 ng/mL is to take cholecalciferol.",
        *(DS, SIGN, told.vitamin_d_high, "cholecalciferol"),
    ),
    _told(
        "contrast",
        "A woman of 69 with an eGFR of 22 is to have an MRI with gadolinium.",
        *(DS, SIGN, told.contrast_kidney, "mri-hip-contrast"),
    ),
    _told(
        "allergy",
        "A man of 33 with an allergy to ibuprofen is to take ibuprofen.",
        *(DS, SIGN, told.allergic, "ibuprofen"),
    ),
    _told(
        "injection",
        "A man of 64 with diabetes who takes apixaban is to have a second steroid injection of the knee.",
        *(DS, SELECT, told.injection_before_replacement, "steroid-injection-knee"),
    ),
    _told(
        "shock-wave",
        "A woman of 54 who takes apixaban is to have shock wave therapy of the foot.",
        *(DS, SIGN, told.shock_wave, "shock-wave"),
    ),
    _told(
        "low-pressure",
        "A man of 62 with an old infarction, clopidogrel, sildenafil and a low blood pressure is to be given iloprost.",
        *(DS, SIGN, told.iloprost_low_pressure, "iloprost-iv-for-edema"),
    ),
)


def stories() -> tuple[Story, ...]:
    """Every sample patient, the three of the demo first."""
    return _STORIES
