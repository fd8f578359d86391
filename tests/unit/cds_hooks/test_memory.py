"""What a call leaves behind: nothing that only the garbage collector could free, however large the chart was."""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.builders.calls import a_request, answer_of, full_prefetch, the_advisor
from tests.builders.fhir import (
    APIXABAN,
    ILOPROST,
    Json,
    coded,
    fhir_condition,
    fhir_draft,
    fhir_medication_request,
    fhir_observation,
    fhir_patient,
)

EDEMA = fhir_condition(coded("http://hl7.org/fhir/sid/icd-10-cm", "M81.6", "Localized osteoporosis"))
UNREAD = fhir_condition(coded("http://hl7.org/fhir/sid/icd-10-cm", "I10", "Essential hypertension"), id="unread")
CHART = (fhir_patient(), EDEMA, UNREAD, fhir_medication_request(APIXABAN), fhir_observation())


@contextmanager
def kept_by_cycles() -> Iterator[Counter[str]]:
    """Counts, by type, what the block made and only a collection frees."""
    found: Counter[str] = Counter()
    gc.collect()
    gc.disable()
    gc.set_debug(gc.DEBUG_SAVEALL)
    try:
        yield found
        gc.collect()
        found.update(type(each).__name__ for each in gc.garbage)
    finally:
        gc.set_debug(0)
        gc.garbage.clear()
        gc.enable()


@pytest.mark.parametrize(
    ("hook", "drafts"),
    [("order-sign", [fhir_draft(ILOPROST)]), ("order-sign", [fhir_draft(APIXABAN)]), ("patient-view", [])],
)
def test_an_answered_call_leaves_no_cycles(hook: str, drafts: list[Json]) -> None:
    body = a_request(hook, drafts, full_prefetch(the_advisor(), hook, CHART))
    answer_of(hook, body)  # what is made once, is made here

    with kept_by_cycles() as found:
        answer_of(hook, body)

    assert found == Counter()
