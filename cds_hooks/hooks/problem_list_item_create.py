"""problem-list-item-create: a problem has been entered. It is final: cards follow up, and propose no change of it."""

from cds_hooks.authoring.rule import Hook
from cds_hooks.hooks.service import Service
from cds_hooks.snapshot.causes import CAUSES
from cds_hooks.snapshot.indication import EDEMA
from cds_hooks.snapshot.neoplasm import CANCER
from cds_hooks.snapshot.safety import SOFT_TISSUE_INFECTION
from cds_hooks.snapshot.vocabulary import Concept
from cds_hooks.wire.request import ProblemContext

ALTERNATIVES = CAUSES.union(
    CANCER,
    SOFT_TISSUE_INFECTION,
    (Concept.JOINT_EFFUSION, Concept.SYNOVITIS, Concept.POLYARTHRITIS, Concept.WEIGHT_LOSS),
)
"""What may contradict an edema syndrome that is on the list already."""
SERVICE = Service(
    id="bme-problem-list-item-create",
    hook=Hook.PROBLEM_LIST_ITEM_CREATE,
    title="Bone marrow edema: checklist for a new problem",
    description="Answers a new problem list entry of bone marrow edema, its syndrome or an alternative to it with what "
    "is still open.",
    context=ProblemContext,
    problems=EDEMA | ALTERNATIVES,
)
