"""What can go wrong, and how it is told: to the client as OperationOutcome, to the log without a word of the patient.

    SetupError                     the service cannot start as it is set up; printed, never sent
    CallError                      a call that the shell itself turns down
    |-- ClientRefusedError         no valid client token; the reason is for the log only      (HTTP 401)
    |-- BodyTooLargeError          longer than the limit, or too many resources               (HTTP 413)
    |-- BodyTooSlowError           did not arrive in time                                     (HTTP 408)
    |-- TooManyCallsError          this client calls too often                                (HTTP 429)
    |-- OverloadedError            too many calls of this client at once, or no memory left   (HTTP 503)
    `-- MediaTypeError             not JSON by its Content-Type, or compressed                (HTTP 415)
    ProblemError                   the core's own tree, cds_hooks/wire/problem.py             (HTTP 400, 404, 412)

Whatever else escapes is an error of Marrow's own: HTTP 500 with the request id, by `observability.request_id`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from http import HTTPStatus

import msgspec
import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.responses import Response

from cds_hooks.wire.problem import DataUnavailableError, ProblemError, UnknownServiceError

log = structlog.get_logger()
FHIR_JSON = "application/fhir+json"
JSON_UTF8 = "application/json; charset=utf-8"
NO_STORE = {"Cache-Control": "no-store"}


class SetupError(Exception):
    """The service cannot start as it is set up. The text says what to set; it quotes no secret."""


class CallError(Exception):
    """A call that is turned down before the core sees it.

    `status`, `code` (FHIR issue type), `text` and `headers` go to the client, `reason` (a constant) to the log.
    """

    status = HTTPStatus.BAD_REQUEST
    code = "invalid"
    text = ""
    headers: Mapping[str, str] = {}

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class ClientRefusedError(CallError):
    """The caller has not shown who it is. Says no more than that: a reason would help an attacker."""

    status = HTTPStatus.UNAUTHORIZED
    code = "login"
    text = "Send a valid client token."
    headers: Mapping[str, str] = {"WWW-Authenticate": "Bearer"}


class BodyTooLargeError(CallError):
    """The body is longer than the limit."""

    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    code = "too-long"
    text = "The body is longer than this service accepts. Send fewer resources as prefetch."
    # What is left of the body is not read, so the connection cannot serve another call.
    headers: Mapping[str, str] = {"Connection": "close"}


class BodyTooSlowError(CallError):
    """The body did not arrive in time."""

    status = HTTPStatus.REQUEST_TIMEOUT
    code = "timeout"
    text = "The body did not arrive in time. Send it at once."
    headers: Mapping[str, str] = {"Connection": "close"}


class TooManyCallsError(CallError):
    """This client calls more often than it may. `seconds` says when the next call is welcome."""

    status = HTTPStatus.TOO_MANY_REQUESTS
    code = "throttled"
    text = "This client calls more often than it may. Wait as long as Retry-After says."

    def __init__(self, reason: str, seconds: int) -> None:
        super().__init__(reason)
        self.headers = {"Retry-After": str(seconds)}


class OverloadedError(CallError):
    """This process has as much in hand as it may."""

    status = HTTPStatus.SERVICE_UNAVAILABLE
    code = "throttled"
    text = "The service has too much in hand. Try again after a moment."
    headers: Mapping[str, str] = {"Retry-After": "1"}


class MediaTypeError(CallError):
    """The body does not claim to be plain JSON."""

    status = HTTPStatus.UNSUPPORTED_MEDIA_TYPE
    code = "not-supported"
    text = "Send the body as application/json, not compressed."


HTTP_TEXTS = {
    HTTPStatus.NOT_FOUND: ("not-found", "There is nothing at this address. GET /cds-services lists the services."),
    HTTPStatus.METHOD_NOT_ALLOWED: ("not-supported", "This address takes other methods; the Allow header names them."),
}
PROBLEM_STATUS: tuple[tuple[type[ProblemError], HTTPStatus], ...] = (
    (UnknownServiceError, HTTPStatus.NOT_FOUND),
    (DataUnavailableError, HTTPStatus.PRECONDITION_FAILED),
    (ProblemError, HTTPStatus.BAD_REQUEST),
)


def outcome(
    status: int, code: str, text: str, *, accept: str, where: str = "", headers: Mapping[str, str] | None = None
) -> Response:
    """An OperationOutcome; as FHIR JSON only for a client whose Accept asks for it."""
    issue: dict[str, object] = {"severity": "error", "code": code, "details": {"text": text}}
    if where:
        issue["expression"] = [where]
    media_type = FHIR_JSON if FHIR_JSON in accept.lower() else "application/json"
    return Response(
        msgspec.json.encode({"resourceType": "OperationOutcome", "issue": [issue]}),
        status,
        # As a header and not as media_type: Starlette adds a charset to text types only.
        headers={"Content-Type": f"{media_type}; charset=utf-8", **NO_STORE, **(headers or {})},
    )


def unexpected(request_id: str, headers: Headers) -> Response:
    """The reply to an error of Marrow's own."""
    text = f"Marrow could not answer because of an error of its own. Give its operators the request id {request_id}."
    return outcome(500, "exception", text, accept=headers.get("accept", ""))


def install(app: FastAPI) -> None:
    """Make every error of the application an OperationOutcome, and count refusals by reason in `app.state.refusals`."""
    app.state.refusals = Counter[str]()
    app.add_exception_handler(CallError, _call_error)
    app.add_exception_handler(ProblemError, _problem)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(RequestValidationError, _validation_error)


async def _call_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, CallError)  # noqa: S101 -- Starlette's handler type is not generic
    return _refuse(request, error.status, error.reason, error.code, error.text, headers=error.headers)


async def _problem(request: Request, error: Exception) -> Response:
    assert isinstance(error, ProblemError)  # noqa: S101 -- as above
    status = next(status for kind, status in PROBLEM_STATUS if isinstance(error, kind))
    return _refuse(request, status, type(error).__name__, error.code, error.text, where=error.where)


async def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 -- as above
    fallback = ("processing", "The request cannot be handled as it is. See the documentation of this service.")
    code, text = HTTP_TEXTS.get(HTTPStatus(error.status_code), fallback)
    return _refuse(request, error.status_code, "http", code, text, headers=error.headers)


async def _validation_error(request: Request, error: Exception) -> Response:
    text = "A parameter of the address is missing or of the wrong type. See /openapi.json."
    return _refuse(request, HTTPStatus.BAD_REQUEST, type(error).__name__, "invalid", text)


def _refuse(
    request: Request,
    status: int,
    reason: str,
    code: str,
    text: str,
    *,
    where: str = "",
    headers: Mapping[str, str] | None = None,
) -> Response:
    request.app.state.refusals[reason] += 1
    log.info("call_refused", status=int(status), reason=reason)
    return outcome(status, code, text, accept=request.headers.get("accept", ""), where=where, headers=headers)
