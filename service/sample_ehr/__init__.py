"""A small FHIR R4 server with sample patients, read only: for the demo, the console and the tests.

    async with running(today) as base:             # http://127.0.0.1:40123/fhir
        ...                                        # GET {base}/Patient/sample-apixaban
    draft("iloprost-iv", "sample-apixaban", today) # an order to sign for a patient

Start reading at ``server.py``. Every patient is made up, and no clock runs inside: ``today`` is passed in.
"""

from service.sample_ehr.drafts import UnknownDraftError, draft, draft_names
from service.sample_ehr.running import running
from service.sample_ehr.server import create_sample_ehr
from service.sample_ehr.store import load_patients
from service.sample_ehr.stories import Story, stories

__all__ = [
    "Story",
    "UnknownDraftError",
    "create_sample_ehr",
    "draft",
    "draft_names",
    "load_patients",
    "running",
    "stories",
]
