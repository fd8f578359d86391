"""Requests that cannot be answered, in words that say what to do.

ProblemError              anything below; `text` is for the client's developer and quotes no value of the request
|-- RequestError          the body is not what the hook defines                              (HTTP 400)
|-- UnknownServiceError   no such service id                                                 (HTTP 404)
`-- DataUnavailableError  a chart hook none of whose data can be had                         (HTTP 412)
"""

from __future__ import annotations


class ProblemError(Exception):
    """A request that cannot be answered as it is.

    `code` is a FHIR issue-type code; `where` is the element concerned, as a FHIRPath-like expression.
    """

    code = "invalid"

    def __init__(self, text: str, where: str = "") -> None:
        super().__init__(text)
        self.text = text
        self.where = where


class RequestError(ProblemError):
    """The body is not the request that CDS Hooks defines for this hook."""


class UnknownServiceError(ProblemError):
    """No service has this id."""

    code = "not-found"


class DataUnavailableError(ProblemError):
    """Nothing that the service needs could be had, so that no rule could be asked."""

    code = "incomplete"
