"""Waiting for the threads that aiosqlite leaves behind."""

from __future__ import annotations

import asyncio
import threading


async def sqlite_threads_end() -> None:
    """After an open that failed, aiosqlite's thread still has a word for the loop; wait for it."""
    for thread in threading.enumerate():
        if "_connection_worker_thread" in thread.name:
            await asyncio.to_thread(thread.join)
