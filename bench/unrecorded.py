"""Marrow without its record: what recording costs is the difference to this."""

from __future__ import annotations

import gc

from service.app import collect_seldom, create_app
from service.config import load_settings
from service.observability.logs import configure_logs
from service.persistence.decisions import MemoryDecisions
from service.persistence.feedback import MemoryFeedback

gc.disable()  # as service.app.app_factory does
settings = load_settings()
configure_logs(settings)
app = create_app(settings, store=MemoryDecisions(most=1), feedback=MemoryFeedback())
collect_seldom()
