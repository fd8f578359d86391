"""The door to what is for those who run Marrow: reports and metrics."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.requests import Request

from service.config import Settings
from service.errors import CallError


class OperatorRefusedError(CallError):
    """The caller has not shown the admin token."""

    status = HTTPStatus.UNAUTHORIZED
    code = "login"
    text = "Send the admin token of this site as a bearer token."
    headers: Mapping[str, str] = {"WWW-Authenticate": "Bearer"}


@dataclass(frozen=True, slots=True)
class OperatorDoor:
    """Opens with the admin token. Without one it is open in development, and not there in production."""

    token: bytes | None
    development: bool

    @classmethod
    def of(cls, settings: Settings) -> OperatorDoor:
        token = settings.admin_token
        return cls(token.get_secret_value().encode() if token else None, settings.development)

    def admit(self, request: Request) -> None:
        """Raises OperatorRefusedError, and HTTPException (404) where there is no such door."""
        if self.token is None:
            if not self.development:
                raise HTTPException(HTTPStatus.NOT_FOUND)
            return
        given = request.headers.getlist("authorization")
        scheme, _, token = given[0].partition(" ") if len(given) == 1 else ("", "", "")
        if scheme.lower() != "bearer" or not hmac.compare_digest(token.strip().encode(), self.token):
            raise OperatorRefusedError("admin_token")
