"""The snapshot: one patient at one moment, with the drafts of the session. All that a rule may look at.

Judgments that more than one rule needs are methods with clinical names; each is written out in its own module.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from cds_hooks.snapshot import gestation, imaging, indication, labs, pregnancy
from cds_hooks.snapshot.gestation import Gestation
from cds_hooks.snapshot.imaging import EdemaReport, Site
from cds_hooks.snapshot.medication import Medication, Order, Standing
from cds_hooks.snapshot.model import NOT_READ, Fact, Finding, Gap, GapKind, Listing, Policy, finding
from cds_hooks.snapshot.problem import Event, Problem, Result
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
    def male(self) -> bool:
        """Recorded as male, and nothing says that the patient was born female."""
        return self.gender == "male" and self.birth_sex != "female"


@dataclass(frozen=True, slots=True, kw_only=True)
class Patient:
    """What is known about the hook's patient at `as_of` (aware, in the site's zone)."""

    as_of: datetime
    policy: Policy = Policy()
    demographics: Demographics = Demographics(gap=NOT_READ.gap)
    drafts: tuple[Order, ...] = ()
    medications: Listing[Medication] = NOT_READ
    administrations_gap: Gap | None = NOT_READ.gap  # what keeps the stop dates of medicines from being certain
    problems: Listing[Problem] = NOT_READ
    procedures: Listing[Event] = NOT_READ
    pregnancy_results: Listing[Result] = NOT_READ
    labs: Listing[Result] = NOT_READ
    mri_reports: Listing[EdemaReport] = NOT_READ
    open_services: frozenset[tuple[str, str]] = frozenset()  # (system, code) of orders in force or drafted

    # -- medicines

    def on_file(self, group: DrugGroup, *standings: Standing, beside: Order | None = None) -> tuple[Medication, ...]:
        """Orders and statements of the chart in these standings, without the one that the draft `beside` replaces."""
        replaced = beside.medication.replaces if beside and beside.medication else None
        return tuple(
            item
            for item in self.medications.items
            if item.gives(group) and item.standing_of(group) in standings and item.reference != replaced
        )

    def drafted(self, group: DrugGroup, beside: Order | None = None) -> tuple[Medication, ...]:
        """The other drafts of the session that give a drug of this group."""
        return tuple(
            order.medication
            for order in self.drafts
            if order is not beside and order.medication and order.medication.gives(group)
            if not (beside and beside.medication and beside.medication.replaces == order.reference)
        )

    def takes(self, group: DrugGroup, beside: Order | None = None) -> Finding[Medication]:
        """ACTIVE_MED with the draft basket (rule specification 0.2): active on file, or drafted beside this order."""
        found = self.on_file(group, Standing.ACTIVE, beside=beside) + self.drafted(group, beside)
        return finding(found, self.medication_gaps(beside))

    def medication_gaps(self, beside: Order | None = None) -> tuple[Gap, ...]:
        """What keeps the medication list from being complete: the query, or a draft that cannot be read."""
        unreadable = [order for order in self.drafts if order is not beside and order.unreadable]
        drafts = tuple(Gap(Need.MEDICATIONS, GapKind.OUT_OF_REACH, order.unreadable) for order in unreadable)
        return self.medications.gaps + drafts

    @property
    def unrecognized_medications(self) -> Listing[Medication]:
        """Medicines in use or drafted that no table knows: each may be any drug."""
        drafted = (order.medication for order in self.drafts if order.medication)
        found = tuple(item for item in (*self.medications.items, *drafted) if not item.medicine.recognized)
        return Listing(found, self.medications.gap)

    def systemic(self, medication: Medication) -> Finding[Fact]:
        """Does this prostacyclin count as systemic (rule specification 0.2, vs-prostacyclin)?"""
        return indication.systemic(medication, self)

    def for_pulmonary_hypertension(self, medication: Medication) -> Finding[Fact]:
        """PAH use of a prostacyclin (rule specification 0.2)."""
        return indication.for_pulmonary_hypertension(medication, self)

    # -- problems and results

    def has(self, *concepts: Concept) -> Finding[Problem]:
        """A current problem of one of these concepts."""
        found = tuple(item for item in self.problems.items if item.current and item.concepts.intersection(concepts))
        return finding(found, self.problems.gaps)

    def newest_lab(self, concept: Concept, within_days: float) -> Finding[Result]:
        """The newest valid result of this kind within the window; more than one where they share their moment.

        Undated results do not count.
        """
        of_kind = (item for item in self.labs.items if item.concept is concept)
        fresh = (item for item in of_kind if item.when and item.when.age_days(self.as_of) <= within_days)
        return finding(labs.newest_sample(fresh), self.labs.gaps, self.labs.remarks)

    @property
    def gestation(self) -> Gestation | None:
        """The age of the pregnancy today, for a patient who is pregnant; None when unknown."""
        return gestation.gestation(self)

    def edema_on_mri(self, site: Site | None = None) -> Finding[Fact]:
        """MRI_BME_POS (rule specification 0.2) at this site, or at any."""
        return imaging.edema_on_mri(self, site)

    def edema_ruled_out_on_mri(self, site: Site | None = None) -> Finding[Fact]:
        """MRI_BME_NEG (rule specification 0.2)."""
        return imaging.edema_ruled_out_on_mri(self, site)

    def edema_context(self, order: Order | None = None) -> Finding[Fact]:
        """BME_CONTEXT (rule specification 0.2)."""
        return imaging.edema_context(self, order)

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
