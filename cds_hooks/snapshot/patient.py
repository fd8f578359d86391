"""The snapshot: one patient at one moment, with the drafts of the session. All that a rule may look at.

Judgments that more than one rule needs are methods with clinical names; each is written out in its own module.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import takewhile

from cds_hooks.snapshot import course, gestation, imaging, indication, measures, pregnancy, report_text, safety
from cds_hooks.snapshot.allergy import Allergy
from cds_hooks.snapshot.gestation import Gestation
from cds_hooks.snapshot.imaging import REPORT_DAYS, EdemaReport, ImagingReport, Sign
from cds_hooks.snapshot.labs import Calcium
from cds_hooks.snapshot.later import Later
from cds_hooks.snapshot.medication import UNRECOGNIZED, Medication, Order, Standing
from cds_hooks.snapshot.model import NOT_READ, Fact, Factual, Finding, Gap, GapKind, Listing, any_of, finding
from cds_hooks.snapshot.policy import Policy
from cds_hooks.snapshot.problem import Encounter, Event, Problem, Result
from cds_hooks.snapshot.report_text import Assertion
from cds_hooks.snapshot.site import Site
from cds_hooks.snapshot.vocabulary import Concept, DrugGroup, Need
from cds_hooks.snapshot.when import When


@dataclass(frozen=True, slots=True, kw_only=True)
class Demographics:
    """Administrative sex, recorded birth sex (or sex for clinical use) and birth date, each None when not stated."""

    gender: str | None = None
    birth_sex: str | None = None
    birth_date: When | None = None
    gap: Gap | None = None

    @property
    def female(self) -> bool | None:
        """The sex that formulas ask for: as recorded at birth, else administrative; None where neither is said."""
        sex = self.birth_sex or self.gender
        return sex == "female" if sex in ("female", "male") else None

    @property
    def male(self) -> bool:
        """Recorded as male, and nothing says that the patient was born female."""
        return self.gender == "male" and self.birth_sex != "female"


@dataclass(frozen=True, slots=True, kw_only=True)
class Patient:
    """What is known about the hook's patient at `as_of` (aware, in the site's zone).

    `problems` are the Conditions that count, current or not; `differentials` those that are only considered and count
    where a rule says so. `care` are orders of physiotherapy, aids, referrals and examinations in any status that
    counts; `appointments` are planned.
    """

    as_of: datetime
    policy: Policy = Policy()
    demographics: Demographics = Demographics(gap=NOT_READ.gap)
    drafts: tuple[Order, ...] = ()
    medications: Listing[Medication] = NOT_READ
    administrations_gap: Gap | None = NOT_READ.gap  # what keeps the stop dates of medicines from being certain
    problems: Listing[Problem] = NOT_READ
    differentials: tuple[Problem, ...] = ()
    procedures: Listing[Event] = NOT_READ
    planned_procedures: Listing[Event] = Listing()
    pregnancy_results: Listing[Result] = NOT_READ
    labs: Listing[Result] = NOT_READ  # kidney and clotting
    bone_labs: Listing[Result] = NOT_READ  # vitamin D, calcium, albumin
    screening_labs: Listing[Result] = NOT_READ  # inflammation, HbA1c, tuberculosis and hepatitis B
    vitals: Listing[Result] = NOT_READ  # blood pressure, pain, temperature, weight
    allergies: Listing[Allergy] = NOT_READ
    devices: Listing[Event] = NOT_READ
    immunizations: Listing[Event] = NOT_READ
    care: Listing[Event] = NOT_READ
    appointments: Listing[Event] = NOT_READ
    encounters: Listing[Encounter] = NOT_READ
    communications: Listing[Event] = NOT_READ
    scores: Listing[Result] = NOT_READ  # questionnaires, bone density
    immunology: Listing[Result] = NOT_READ  # anti-CCP, rheumatoid factor, HLA-B27
    imaging_studies: Listing[Event] = NOT_READ  # studies, whether or not there is a report
    densitometry: Listing[Event] = NOT_READ  # reports of bone density measurements
    mri_reports: Listing[ImagingReport] = NOT_READ
    radiographs: Listing[ImagingReport] = NOT_READ
    imaging_measures: Listing[Sign] = NOT_READ  # Observations of their own: RAMRIS score, depth of edema
    open_services: Later[frozenset[tuple[str, str]]] = Later.of(frozenset())  # system and code, or "" and words
    _had: dict[tuple[Concept, ...], Finding[Problem]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    # -- the person

    @property
    def ages(self) -> tuple[int, int] | None:
        """Age in completed years, from and to: a partial birth date leaves a span. None where none is recorded."""
        born = self.demographics.birth_date
        if born is None:
            return None
        return pregnancy.years(born.last, self.as_of), pregnancy.years(born.first, self.as_of)

    def surely_aged(self, years: float) -> bool:
        """At least so old, whatever the birth date leaves open; False where none is recorded."""
        return self.ages is not None and self.ages[0] >= years

    def surely_under(self, years: float) -> bool:
        """Younger, whatever the birth date leaves open; False where none is recorded."""
        return self.ages is not None and self.ages[1] < years

    # -- medicines

    def on_file(self, group: DrugGroup, *standings: Standing, beside: Order | None = None) -> tuple[Medication, ...]:
        """Orders and statements of the chart in these standings, without the one that the draft `beside` replaces."""
        replaced = beside.replaces if beside else None
        return tuple(
            item
            for item in self.medications.about(group)
            if item.standing_of(group) in standings and item.reference != replaced
        )

    def drafted(self, *groups: DrugGroup, beside: Order | None = None) -> tuple[Medication, ...]:
        """The other drafts of the session that give a drug of these groups, without the one that `beside` replaces."""
        others = (order for order in self.drafts if order is not beside and order.gives(*groups))
        replaced = beside.replaces if beside else None
        return tuple(order.medication for order in others if order.medication and order.reference != replaced)

    def named_before(self, order: Order, partners: Sequence[str]) -> bool:
        """Is one of these drafts before this one? Of two that find each other the first has the card."""
        return any(other.reference in partners for other in takewhile(lambda each: each is not order, self.drafts))

    def takes(self, *groups: DrugGroup, beside: Order | None = None) -> Finding[Medication]:
        """ACTIVE_MED with the draft basket (rule specification 0.2): active on file, or drafted beside this order."""
        replaced = beside.replaces if beside else None
        on_file = (item for item in self.medications.about(*groups) if item.reference != replaced)
        active = tuple(item for item in on_file if item.is_active(*groups))
        return finding(active + self.drafted(*groups, beside=beside), self.medication_gaps(beside))

    def medication_gaps(self, beside: Order | None = None) -> tuple[Gap, ...]:
        """What keeps the medication list from being complete: the query, or a draft that cannot be read."""
        unreadable = [order for order in self.drafts if order is not beside and order.unreadable]
        drafts = tuple(Gap(Need.MEDICATIONS, GapKind.OUT_OF_REACH, order.unreadable) for order in unreadable)
        return self.medications.gaps + drafts

    @property
    def unrecognized_medications(self) -> tuple[Medication, ...]:
        """Medicines in use or drafted that no table knows: each may be any drug."""
        drafted = (order.medication for order in self.drafts if order.medication)
        return (*self.medications.about(UNRECOGNIZED), *(item for item in drafted if UNRECOGNIZED in item.subjects))

    def allergic(self, *to: DrugGroup | Concept) -> Finding[Allergy]:
        """A recorded allergy or intolerance to a drug of these groups, or to what these concepts name."""
        return finding(self.allergies.about(*to), self.allergies.gaps, self.allergies.remarks)

    # -- what an order is for

    def edema_reason(self, order: Order) -> Finding[Fact]:
        """BME_REASON (rule specification 0.2) of a draft."""
        return indication.ordered_for_edema(order, self)

    def systemic(self, medication: Medication) -> Finding[Fact]:
        """Does this prostacyclin count as systemic (rule specification 0.2, vs-prostacyclin)?"""
        return indication.systemic(medication, self)

    def for_edema(self, medication: Medication) -> Finding[Fact]:
        """BME_REASON of a medicine on file or drafted."""
        return indication.for_edema(medication, self)

    def for_pulmonary_hypertension(self, medication: Medication) -> Finding[Fact]:
        """PAH use of a prostacyclin (rule specification 0.2)."""
        return indication.for_pulmonary_hypertension(medication, self)

    def oncology_use(self, order: Order) -> Finding[Fact]:
        """An antiresorptive for cancer (rule specification 0.3)."""
        return indication.oncology_use(order, self)

    # -- problems and events

    def has(self, *concepts: Concept) -> Finding[Problem]:
        """A current problem of one of these concepts. Rules ask this most, and the same again and again."""
        if concepts not in self._had:
            self._had[concepts] = self.has_at(None, *concepts)
        return self._had[concepts]

    def has_at(self, site: Site | None, *concepts: Concept) -> Finding[Problem]:
        """A current problem of one of these concepts at this site, or without a site."""
        found = self.problems.about(*concepts)
        if found:
            found = tuple(item for item in found if item.current and (site is None or item.site.may_be(site)))
        return finding(found, self.problems.gaps)

    def ever_had(self, *concepts: Concept) -> Finding[Problem]:
        """A problem of one of these concepts, current or over."""
        return finding(self.problems.about(*concepts), self.problems.gaps)

    def event(self, *concepts: Concept, within_days: float) -> Finding[Problem | Event]:
        """A Condition or Procedure as event (rule specification 0.1): its date lies in the window, whatever its
        status. A partial date is no proof that it is recent; an undated one is left to `undated_event`."""
        found = [item for item, when in self._events(concepts) if when and self._recent(when, within_days)]
        return finding(tuple(found), self.problems.gaps + self.procedures.gaps)

    def undated_event(self, *concepts: Concept) -> Finding[Problem | Event]:
        """A Condition or Procedure of which nobody wrote down when it was."""
        found = [item for item, when in self._events(concepts) if when is None]
        return finding(tuple(found), self.problems.gaps + self.procedures.gaps)

    def _events(self, concepts: tuple[Concept, ...]) -> list[tuple[Problem | Event, When | None]]:
        problems = [(item, item.since) for item in self.problems.about(*concepts)]
        done = [(item, item.when) for item in self.procedures.about(*concepts)]
        return [*problems, *done]

    def _recent(self, when: When, within_days: float) -> bool:
        return not when.is_future(self.as_of) and when.age_days_at_most(self.as_of) <= within_days

    def planned(self, *concepts: Concept, within_days: float) -> Finding[Event]:
        """An open order, appointment or procedure in preparation of one of these concepts for a day in the days ahead,
        or without a day."""
        lists = (self.care, self.appointments, self.planned_procedures)
        found = tuple(
            item for each in lists for item in each.about(*concepts) if item.open and self._ahead(item, within_days)
        )
        return finding(found, self.care.gaps + self.appointments.gaps)

    def _ahead(self, item: Event, within_days: float) -> bool:
        """The day it was ordered says nothing about the day it is meant for."""
        day = item.planned or (item.when if item.when and item.when.is_future(self.as_of) else None)
        return day is None or -within_days <= day.age_days(self.as_of) <= 0

    def carries(self, *concepts: Concept) -> Finding[Problem | Event]:
        """An implant or device: on the device list, or as a problem (presence of)."""
        devices = finding(self.devices.about(*concepts), self.devices.gaps)
        return any_of(self.has(*concepts), devices)  # type: ignore[return-value]

    def infection(self, site: Site | None = None) -> Finding[Factual]:
        """The predicates of rule DX-07 at this site."""
        return safety.bone_infection(self, site)

    # -- measurements

    def newest(self, concept: Concept, within_days: float, *, preliminary: bool = False) -> Finding[Result]:
        """The newest valid result of this kind within the window; more than one where they share their moment.

        Undated results do not count; preliminary ones only where they are asked for.
        """
        return measures.newest(self, (concept,), within_days, preliminary=preliminary)

    def vitamin_d(self, within_days: float) -> Finding[Result]:
        """VITD: the newest 25-OH vitamin D in ng/mL."""
        return measures.vitamin_d(self, within_days)

    def calcium(self, within_days: float) -> Finding[Calcium]:
        """The newest calcium: corrected where it can be, or ionized."""
        return measures.calcium(self, within_days)

    def egfr(self, within_days: float) -> Finding[Result]:
        """The newest eGFR in mL/min/1.73 m2."""
        return measures.egfr(self, within_days)

    def kidney_function(self, within_days: float) -> Finding[Result]:
        """Creatinine clearance in mL/min where it can be known, else eGFR."""
        return measures.kidney_function(self, within_days)

    def pain(self, within_days: float) -> Finding[Result]:
        """NRS: the newest pain score, 0 to 10."""
        return measures.newest(self, measures.PAIN, within_days)

    # -- pregnancy

    @property
    def gestation(self) -> Gestation | None:
        """The age of the pregnancy today, for a patient who is pregnant; None when unknown."""
        return gestation.gestation(self)

    @property
    def pregnancy(self) -> Finding[Fact]:
        """PREGNANT (rule specification 0.2)."""
        return pregnancy.pregnancy(self)

    @property
    def childbearing_potential(self) -> Finding[Fact]:
        """CHILDBEARING_POTENTIAL (rule specification 0.2)."""
        return pregnancy.childbearing_potential(self)

    def not_pregnant_by_test(self, within_days: float) -> Finding[Fact]:
        """A status "not pregnant" or a negative test no older than the window."""
        return pregnancy.not_pregnant_by_test(self, within_days)

    # -- edema

    def edema_on_mri(
        self, site: Site | None = None, *, within_days: float = REPORT_DAYS, preliminary: bool = False
    ) -> Finding[EdemaReport]:
        """MRI_BME_POS (rule specification 0.2) at this site, or at any."""
        return imaging.edema_on_mri(self, site, within_days=within_days, preliminary=preliminary)

    def edema_ruled_out_on_mri(
        self, site: Site | None = None, *, within_days: float = REPORT_DAYS
    ) -> Finding[EdemaReport]:
        """MRI_BME_NEG (rule specification 0.2)."""
        return imaging.edema_ruled_out_on_mri(self, site, within_days=within_days)

    def edema_ever_on_mri(self, site: Site | None = None) -> Finding[Sign]:
        """Edema in any MR report, also one that a newer has overtaken."""
        return imaging.edema_ever_on_mri(self, site)

    def edema_reports(self, site: Site | None = None) -> tuple[EdemaReport, ...]:
        """What the newest MR reports say of marrow edema, place by place."""
        return imaging.edema_reports(self, site)

    def seen_on_mri(
        self,
        *findings: report_text.Finding,
        site: Site | None = None,
        said: Assertion = Assertion.PRESENT,
        within_days: float = REPORT_DAYS,
        preliminary: bool = False,
    ) -> Finding[Sign]:
        """The sentences of the newest MR reports that assert (or doubt, or deny) one of these findings."""
        return imaging.seen_on_mri(
            self, *findings, site=site, said=said, within_days=within_days, preliminary=preliminary
        )

    def measured_on_mri(self, finding: report_text.Finding, *, site: Site | None = None) -> Finding[Sign]:
        """The newest measurements of this finding that are Observations of their own."""
        return imaging.measured_on_mri(self, finding, site=site)

    def edema_context(self, order: Order | None = None) -> Finding[Fact]:
        """BME_CONTEXT (rule specification 0.2)."""
        return imaging.edema_context(self, order)

    @property
    def care_started(self) -> Finding[Fact]:
        """CONS_START (rule specification 0.2), as the dated fact of the first care."""
        return course.care_started(self)

    # -- what may be proposed

    @property
    def mri_contraindication(self) -> Finding[Problem | Event]:
        """Not MRI_OK (rule specification 0.2)."""
        return safety.mri_contraindication(self)

    @property
    def contrast_contraindication(self) -> Finding[Factual]:
        """Not GADO_OK, beyond what speaks against any MRI."""
        return safety.contrast_contraindication(self)
