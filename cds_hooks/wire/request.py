"""The request of a CDS Hooks call: envelope and contexts (CDS Hooks 2.0, "Calling a CDS Service").

Unknown fields are ignored and a null optional counts as absent, since real clients send both. FHIR inside stays raw:
it is read later, resource by resource, so that one malformed element never fails the call.
"""

from __future__ import annotations

import re
from typing import Any, Generic, TypeVar

import msgspec
from msgspec import Raw

from cds_hooks.wire.problem import RequestError

T = TypeVar("T")
C = TypeVar("C")
NULL = b"null"
_PATH = re.compile(r"at `\$?\.?([^`]*)`")
_PATIENT_ID = re.compile(r"[^\s/?#&|,\\]{1,255}")


class FhirAuthorization(msgspec.Struct, frozen=True):
    """The client's access token (CDS Hooks 2.0, "Passing the Access Token"). Its repr hides the token."""

    access_token: str
    scope: str | None = None
    expires_in: int | float | str | None = None
    patient: str | None = None

    def __repr__(self) -> str:
        return "FhirAuthorization(...)"


class Envelope(msgspec.Struct, Generic[C], frozen=True, rename="camel"):
    """The attributes that every hook shares. `context` depends on the hook."""

    hook: str
    hook_instance: str
    context: C
    fhir_server: str | None = None
    fhir_authorization: FhirAuthorization | None = None
    prefetch: dict[str, Raw] | None = None


def _null() -> Raw:
    return Raw(NULL)


class BundleEntry(msgspec.Struct, frozen=True, rename="camel"):
    resource: Raw = msgspec.field(default_factory=_null)


class DraftBundle(msgspec.Struct, frozen=True, rename="camel"):
    """The draft orders. Neither `type` nor `fullUrl` is asked for: the official sandbox sends neither."""

    resource_type: str
    entry: list[BundleEntry] | None = None


class ChartContext(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """Context of patient-view (hookVersion 1.0)."""

    user_id: str
    patient_id: str
    encounter_id: str | None = None

    @property
    def basket(self) -> DraftBundle | None:
        """The draft orders, of hooks that have some."""
        return None

    @property
    def dispatched(self) -> tuple[str, ...]:
        """The orders that are sent out, as `Type/id`; they are signed and not in the call."""
        return ()

    @property
    def new_conditions(self) -> Raw | None:
        """A Bundle of the problems that were just entered."""
        return None


class EncounterContext(ChartContext, frozen=True, rename="camel", kw_only=True):
    """Context of encounter-start and encounter-discharge (hookVersion 1.0)."""

    encounter_id: str


class ProblemContext(ChartContext, frozen=True, rename="camel", kw_only=True):
    """Context of problem-list-item-create (hookVersion 0.1.0): Conditions that are final already."""

    conditions: Raw

    @property
    def new_conditions(self) -> Raw:
        return self.conditions


class OrderSignContext(ChartContext, frozen=True, rename="camel", kw_only=True):
    """Context of order-sign (hookVersion 1.0): all unsigned orders of the session."""

    draft_orders: DraftBundle

    @property
    def basket(self) -> DraftBundle:
        return self.draft_orders


class RefillContext(ChartContext, frozen=True, rename="camel", kw_only=True):
    """Context of medication-refill (hookVersion 0.1.0): draft orders of what is to be refilled. A user is optional."""

    user_id: str = ""
    medications: DraftBundle

    @property
    def basket(self) -> DraftBundle:
        return self.medications


class DispatchContext(ChartContext, frozen=True, rename="camel", kw_only=True):
    """Context of order-dispatch (hookVersion 1.1; `order` is its 1.0 spelling). It has no user."""

    user_id: str = ""
    dispatched_orders: list[str] | None = None
    order: str | None = None

    @property
    def dispatched(self) -> tuple[str, ...]:
        named = self.dispatched_orders or ([self.order] if self.order else [])
        return tuple("/".join(reference.split("/")[-2:]) for reference in named)


class OrderSelectContext(OrderSignContext, frozen=True, rename="camel", kw_only=True):
    """Context of order-select (hookVersion 1.0): `selections` names the drafts that were just selected."""

    selections: list[str]


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """One checked call: whose chart, which hook, which drafts, what data came along."""

    hook: str
    hook_instance: str
    context: ChartContext
    fhir_server: str | None
    fhir_authorization: FhirAuthorization | None
    prefetch: dict[str, Raw]

    @property
    def patient_id(self) -> str:
        return self.context.patient_id.removeprefix("Patient/")

    @property
    def draft_entries(self) -> list[BundleEntry]:
        """The draft orders as they came."""
        return (self.context.basket.entry or []) if self.context.basket else []

    @property
    def selections(self) -> list[str] | None:
        """The selected drafts as `Type/id` or id; None where every draft is meant (order-sign)."""
        return self.context.selections if isinstance(self.context, OrderSelectContext) else None


def decode(raw: bytes | Raw, kind: type[T], where: str = "") -> T:
    """Decode JSON; raise RequestError with the place and what was expected there, never with a value."""
    try:
        return msgspec.json.decode(raw, type=kind)
    except msgspec.ValidationError as error:
        raise RequestError(_expected(str(error)), _place(str(error), where)) from None
    except msgspec.DecodeError:
        raise RequestError("The body is not JSON. Send one JSON object in UTF-8 without NaN or Infinity.") from None
    except UnicodeDecodeError:
        raise RequestError("The body is not UTF-8. Send one JSON object in UTF-8.") from None
    except RecursionError:
        raise RequestError("The body is nested too deeply. Send the FHIR resources as they are stored.") from None


def _expected(message: str) -> str:
    return f"{message.split(' - at')[0]}. Send the element as CDS Hooks defines it for this hook."


def _place(message: str, where: str) -> str:
    found = _PATH.search(message)
    return ".".join(part for part in (where, found[1] if found else "") if part)


def read_request(body: bytes, hook: str, context_type: type[ChartContext]) -> Request:
    """Read and check the body of a call to a service of `hook`.

    Raises RequestError: not JSON, not UTF-8, too deep, a required element missing or of the wrong type, a hook other
    than the service's, an id that cannot be one.
    """
    envelope = decode(body, Envelope[Raw])
    if envelope.hook != hook:
        raise RequestError(f"This service answers the hook {hook}. Call the service whose hook matches.", "hook")
    if not envelope.hook_instance.strip():
        raise RequestError("hookInstance is blank. Send a new UUID with every call.", "hookInstance")
    if envelope.fhir_authorization is not None and not envelope.fhir_server:
        raise RequestError("fhirAuthorization came without fhirServer. Send both or neither.", "fhirServer")
    context = decode(envelope.context, context_type, "context")
    request = Request(
        hook=hook,
        hook_instance=envelope.hook_instance,
        context=context,
        fhir_server=envelope.fhir_server or None,
        fhir_authorization=envelope.fhir_authorization,
        prefetch=envelope.prefetch or {},
    )
    _check(request)
    return request


def _check(request: Request) -> None:
    if not _PATIENT_ID.fullmatch(request.patient_id):
        raise RequestError("patientId is not a FHIR id. Send the bare id of the Patient.", "context.patientId")
    if request.context.basket and request.context.basket.resource_type != "Bundle":
        place = "medications" if isinstance(request.context, RefillContext) else "draftOrders"
        raise RequestError(f"{place} is not a Bundle. Send the drafts as entries of a Bundle.", f"context.{place}")
    if isinstance(request.context, DispatchContext) and not request.context.dispatched:
        raise RequestError("No order is named. Send dispatchedOrders as a list of Type/id.", "context.dispatchedOrders")
    token = request.fhir_authorization
    if token and token.patient and token.patient.removeprefix("Patient/") != request.patient_id:
        raise RequestError(
            "fhirAuthorization.patient is not context.patientId. Send a token for the patient of the context.",
            "fhirAuthorization.patient",
        )


def schema(context_type: type[ChartContext]) -> tuple[dict[str, Any], dict[str, Any]]:
    """JSON Schema of a call with this context and the component schemas that it refers to, for OpenAPI."""
    call = Envelope[context_type]  # type: ignore[valid-type]  # the type is chosen at run time
    (root,), components = msgspec.json.schema_components([call], ref_template="#/components/schemas/{name}")
    return root, components
