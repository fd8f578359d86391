"""How much of its substance a product holds, as its names state it: "60 MG/ML", "1000 unit", "5 mg/100 mL".

RxNorm writes "1.7 ML denosumab 70 MG/ML Injection": volume, substance, concentration. A name that holds no amount may
be a brand that is made in one strength.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from cds_hooks.snapshot.from_fhir.reader import Lookups
from cds_hooks.snapshot.medication import Strength
from mappings.text import fold

MG: Mapping[str, float] = {
    **dict.fromkeys(("mg", "milligram", "milligrams"), 1.0),
    **dict.fromkeys(("g", "gm", "gram", "grams"), 1000.0),
    **dict.fromkeys(("ug", "\N{GREEK SMALL LETTER MU}g", "mcg", "microgram", "micrograms", "mikrogramm"), 0.001),
    "ng": 0.000001,
}
"""Units of mass in mg, folded."""
UNITS = frozenset(
    {"iu", "[iu]", "i.u.", "ie", "i.e.", "unit", "units", "u", "unt", "usp'u", "[usp'u]", "international unit"}
)
"""Spellings of international units, folded."""
MG_PER_UNIT_OF_VITAMIN_D = 0.000025  # 40 IU are 1 microgram (rule specification, DS-VTD-04)
VITAMIN_D = re.compile(r"\b[ck]?h?olecalciferol|\bergocalciferol|\bvitamin d", re.IGNORECASE)

HOURS = frozenset({"h", "hr", "hrs", "hour", "hours", "std", "stunde"})

LABELED: Mapping[str, float] = {
    **dict.fromkeys(("prolia", "jubbonti", "ospomyv", "stoboclo", "conexxence", "bildyos", "enoby"), 60.0),
    **dict.fromkeys(("osvyrti", "evfraxy", "junod", "zadenvi"), 60.0),
    **dict.fromkeys(("xgeva", "wyost", "xbryk", "osenvelt", "bomyntra", "bilprevda", "xtrenbo"), 120.0),
    **dict.fromkeys(("jubereq", "vevzuo", "yaxwer", "enwylma"), 120.0),
    **dict.fromkeys(("reclast", "aclasta"), 5.0),
    "zometa": 4.0,
}
"""Brands made in one strength, in mg (product information); the name alone tells which use they are for."""

_NUMBER = r"\d[\d.,]*"
_MASS = "|".join(sorted(MG, key=len, reverse=True))
_INTERNATIONAL = r"\[?iu\]?|i\.u\.|units?|unt|i\.e\.|ie|u"
_AMOUNT = re.compile(
    rf"(?<![\d.,])({_NUMBER})\s*(?:({_MASS})|({_INTERNATIONAL}))(?![a-z])"
    rf"(?:\s*/\s*(?:({_NUMBER})\s*)?(ml|tab\w*|cap\w*|[a-z]+|\d))?"
)
_VOLUME = re.compile(rf"\(?({_NUMBER})\s*ml\s")
_SPACED_VOLUME = re.compile(rf"\s*/\s*(?=(?:{_NUMBER}\s*)?ml\b)")
_PARTS = re.compile(r"\s+(?:/|\+)\s+")
_READY = re.compile(r"\b(?:syringe|pen|auto-?injector|fertigspritze|fertigpen|seringue|stylo|siringa|jeringa)\b")
_THOUSANDS = re.compile(r"[1-9]\d{0,2}(?:,\d{3})+")
_GERMAN_THOUSANDS = re.compile(r"[1-9]\d{0,2}(?:\.000)+")


UNSTATED = Strength()


def strength_of(texts: Iterable[str], ingredients: frozenset[str], lookups: Lookups) -> Strength:
    """What the first of these names that states an amount says of the one substance; of several, of vitamin D."""
    names = [_SPACED_VOLUME.sub("/", fold(text)) for text in texts]
    for name in names:
        parts = _PARTS.split(name)
        found = [(part, strength) for part in parts if (strength := _of_part(part, name)).stated]
        if len(parts) > 1:
            found = _relevant(found, ingredients, lookups)
        if len(found) == 1:
            return found[0][1]
    brands = {LABELED[word] for name in names for word in re.findall(r"[a-z]+", name) if word in LABELED}
    return Strength(mg=brands.pop()) if len(brands) == 1 else UNSTATED


def _relevant(
    found: Sequence[tuple[str, Strength]], ingredients: frozenset[str], lookups: Lookups
) -> list[tuple[str, Strength]]:
    known = [
        each for each in found if any(named.entry.ingredient in ingredients for named in lookups.drugs_named(each[0]))
    ]
    return known if len(known) < 2 else [each for each in known if VITAMIN_D.search(each[0])]


def _of_part(part: str, name: str) -> Strength:
    match = _AMOUNT.search(part)
    international = match is not None and match[2] is None
    number = _number(match[1], international=international) if match else None
    if match is None or number is None:
        return UNSTATED
    amount = number if international else number * MG[match[2]]
    if match[5] in HOURS:
        return UNSTATED if international else Strength(mcg_per_hour=_rate(amount, match))
    each, per_ml = _by_denominator(amount, match, name)
    return Strength(units=each, units_per_ml=per_ml) if international else Strength(mg=each, mg_per_ml=per_ml)


def _rate(amount: float, match: re.Match[str]) -> float | None:
    """Micrograms an hour from milligrams in so many hours."""
    hours = _number(match[4]) if match[4] else 1.0
    return float(f"{amount * 1000 / hours:.9g}") if hours else None


def _by_denominator(amount: float, match: re.Match[str], name: str) -> tuple[float | None, float | None]:
    """The amount in one unit of the product, and in one milliliter."""
    if match[5] is None or match[5].startswith(("tab", "cap")):
        return amount, None
    volume = _number(match[4]) if match[4] else 1.0
    if match[5] != "ml" or not volume:
        return None, None  # a rate, or a share of a gel: no amount of a unit
    per_ml = amount / volume
    if held := _VOLUME.match(name):
        whole = _number(held[1])
        return _two_digits(per_ml * whole) if whole else None, per_ml
    if match[4] or _READY.search(name):
        return amount, per_ml
    return None, per_ml


def _number(text: str, *, international: bool = False) -> float | None:
    plain = text.rstrip(".,")
    if _THOUSANDS.fullmatch(plain):
        plain = plain.replace(",", "")
    elif international and _GERMAN_THOUSANDS.fullmatch(plain):
        plain = plain.replace(".", "")
    try:
        return float(plain.replace(",", "."))
    except ValueError:
        return None


def _two_digits(amount: float) -> float:
    """What the label says: 1.7 mL of 70 mg/mL are 120 mg, not 119."""
    return float(f"{amount:.2g}")
