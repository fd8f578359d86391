"""schemathesis against our own OpenAPI document, which holds the whole request schemas."""

from __future__ import annotations

from typing import Any

import schemathesis
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import content_type_conformance

from service.app import create_app
from service.persistence.decisions import MemoryDecisions
from tests.builders.calls import the_advisor
from tests.fuzz.effort import EFFORT
from tests.fuzz.target import Target, judge
from tests.integration.test_shell_support import DEVELOPMENT

document = create_app(DEVELOPMENT, advisor=the_advisor(), store=MemoryDecisions()).openapi()
schema: Any = schemathesis.openapi.from_dict(document)


@schema.parametrize()  # type: ignore[untyped-decorator]
@EFFORT
def test_every_address_answers_or_refuses_in_words(case: Any, target: Target) -> None:
    response = case.call(base_url=target.url, timeout=20)
    case.validate_response(response, checks=[not_a_server_error, content_type_conformance])
    judge(response.status_code, response.headers["content-type"][0], response.content)
