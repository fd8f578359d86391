"""JSON Schemas of what travels over the wire (2020-12), written by hand from the specification.

They know nothing of the structs that make and read the messages: closed for what we send, open for what we accept.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator


def validator(name: str) -> Draft202012Validator:
    """The schema `name`: request, response, discovery or feedback."""
    schema = json.loads((Path(__file__).parent / f"{name}.schema.json").read_text("utf-8"))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


RESPONSE, DISCOVERY, REQUEST = validator("response"), validator("discovery"), validator("request")
FEEDBACK = validator("feedback")


def faults(response: Mapping[str, Any]) -> list[str]:
    """What is wrong with a response, and what no schema can say: UTF-16 length, ids used once, links of one kind."""
    found = [f"{error.json_path}: {error.message}" for error in RESPONSE.iter_errors(response)]
    cards = response.get("cards")
    cards = [card for card in cards if isinstance(card, dict)] if isinstance(cards, list) else []
    long = [card for card in cards if len(str(card.get("summary", "")).encode("utf-16-le")) // 2 > 139]
    found += ["summary: longer than 139 UTF-16 units" for _ in long]
    mixed = [card for card in cards if len({link.get("type") for link in card.get("links") or []}) > 1]
    found += ["links: of two kinds on one card" for _ in mixed]
    ids = list(_ids(cards))
    found += [f"uuid {each} is used twice" for each in sorted({each for each in ids if ids.count(each) > 1})]
    return found


def _ids(cards: list[dict[str, Any]]) -> Iterator[str]:
    for card in cards:
        yield str(card.get("uuid"))
        yield from (str(suggestion.get("uuid")) for suggestion in card.get("suggestions") or [])
