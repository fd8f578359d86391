"""What is already ordered, so that nothing is proposed twice."""

from __future__ import annotations

from cds_hooks.snapshot.from_fhir.reader import Reader
from cds_hooks.snapshot.queries import SERVICES
from cds_hooks.wire import fhir

OPEN = {"active", "draft", "on-hold"}


def read_open_services(reader: Reader) -> frozenset[tuple[str, str]]:
    """(system, code) of every ServiceRequest in force or among the drafts.

    A failed query leaves this empty: an order may then be proposed twice, which harms nobody.
    """
    rows = reader.rows(SERVICES, fhir.ServiceRequest)
    requests = [row.resource for row in rows if row.resource.status in OPEN]
    for entry in reader.chart.draft_entries:
        head = fhir.decode(entry.resource, fhir.Head)
        draft = fhir.decode(entry.resource, fhir.ServiceRequest)
        if head and draft and head.resource_type == "ServiceRequest":
            requests.append(draft)
    codings = [coding for request in requests if request.code for coding in request.code.coding or ()]
    return frozenset((coding.system, coding.code) for coding in codings if coding.system and coding.code)
