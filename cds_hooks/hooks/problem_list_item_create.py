"""problem-list-item-create: a problem has been entered. It is final: cards follow up, and propose no change of it."""

from cds_hooks.authoring.rule import Hook
from cds_hooks.hooks.service import Service
from cds_hooks.wire.request import ProblemContext

SERVICE = Service(
    id="bme-problem-list-item-create",
    hook=Hook.PROBLEM_LIST_ITEM_CREATE,
    title="Bone marrow edema: checklist for a new problem",
    description="Answers a new problem list entry of bone marrow edema or its syndrome with the "
    "alternatives that are still open.",
    context=ProblemContext,
)
