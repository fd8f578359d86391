"""What an order is given for, where its reason is not the whole answer."""

from __future__ import annotations

import pytest

from cds_hooks.snapshot.indication import oncology_use, ordered_for_edema
from cds_hooks.snapshot.medication import Order
from cds_hooks.snapshot.model import Absent, Present
from cds_hooks.snapshot.report_text import Region, Side
from cds_hooks.snapshot.site import Site
from cds_hooks.snapshot.vocabulary import Concept
from tests.builders.snapshot import a_draft, a_patient, a_problem, a_reason, an_order

KNEE, HIP = Site(Region.KNEE, Side.LEFT), Site(Region.HIP, Side.LEFT)
SYNDROME = a_problem(Concept.EDEMA_SYNDROME)


@pytest.mark.parametrize(("joint", "kind"), [(KNEE, Absent), (HIP, Present)])
def test_an_injection_into_an_arthritic_joint_is_for_the_arthritis(joint: Site, kind: type[object]) -> None:
    """Without a reason stated it counts as given for the active syndrome, unless its joint has an arthritis."""
    arthritis = a_problem(Concept.OSTEOARTHRITIS, site=joint)
    patient = a_patient(problems=[SYNDROME, arthritis])

    assert isinstance(ordered_for_edema(an_order(Concept.JOINT_INJECTION, site=KNEE), patient), kind)


HIGH_CALCIUM, CANCER = a_problem(Concept.HYPERCALCEMIA), a_problem(Concept.MALIGNANCY)
PAMIDRONATE = a_draft("pamidronate")
AGAINST_CALCIUM = a_draft("pamidronate", reasons=a_reason(Concept.HYPERCALCEMIA))


@pytest.mark.parametrize(
    ("draft", "problems", "kind"),
    [
        (AGAINST_CALCIUM, [CANCER], Present),
        (AGAINST_CALCIUM, [], Absent),
        (PAMIDRONATE, [HIGH_CALCIUM, CANCER], Present),
        (PAMIDRONATE, [HIGH_CALCIUM], Absent),
        (PAMIDRONATE, [CANCER], Absent),
        (PAMIDRONATE, [a_problem(Concept.BONE_METASTASIS)], Present),
        (a_draft("denosumab", strength_mg=120), [], Present),
        (a_draft("denosumab", strength_mg=60), [], Absent),
        (an_order(Concept.ESWT), [CANCER, HIGH_CALCIUM], Absent),
    ],
)
def test_an_antiresorptive_against_cancer(draft: Order, problems: list[object], kind: type[object]) -> None:
    """Hypercalcemia counts where a malignancy stands beside it, whether it is the reason or on the problem list."""
    assert isinstance(oncology_use(draft, a_patient(problems=problems)), kind)  # type: ignore[arg-type]
