"""What a name of a clinical drug in RxNorm says by its form (RxNorm technical documentation, "Normalized names").

"12 HR metformin hydrochloride 500 MG Extended Release Oral Tablet [Brand]": duration or volume, then for each
component, parted by " / ", ingredient and strength, then the dose form, then the brand. A new code can be read by it.
"""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RxNormName:
    """The parts of a name. `route` is one of `mappings.models.Route`, "unspecified" where the dose form names none."""

    ingredients: tuple[str, ...]
    dose_form: str
    route: str
    brand: str


_UNIT = r"(?:MG|MCG|NG|G|UNT|MEQ|MMOL|ML|L|%|ACTUAT|MCI|BAU|AU|CELLS|PFU|IR|SQCM|AMB|UNITS?)(?:/[A-Z0-9.]+)?"
_AMOUNT = r"\d[\d.,]*"
_LEAD = re.compile(
    rf"(?:(?:Abuse-Deterrent|Osmotic)\s+)?(?:\(?{_AMOUNT}\s+(?:HR|ML|MG|ACTUAT|UNT|L)\)?\s+)+\(?", re.IGNORECASE
)
_STRENGTH = re.compile(rf"\s{_AMOUNT}(?:-{_AMOUNT})?\s{_UNIT}(?=\s|$)")
_BRAND = re.compile(r"\s*\[([^\]]+)\]\s*$")
_PACK = re.compile(r"\{(.+)\}\s*Pack(?:\s*\[[^\]]*\])?\s*", re.DOTALL)
_PACKED = re.compile(r"\d+\s+(?:\([\d.]+\s+[A-Z]+\)\s+)?\((.+?)\)(?=\s*(?:/\s*\d+\s+\(|$))", re.DOTALL)

# The first that fits decides; the dose forms are those of RxNorm.
_ROUTES = (
    (r"inhal(?:ation|ant|er)|nebuliz", "inhalation"),
    (r"ophthalmic|intraocular|intravitreal", "ophthalmic"),
    (r"otic", "otic"),
    (r"nasal", "nasal"),
    (r"vaginal", "vaginal"),
    (r"rectal|enema", "rectal"),
    (r"transdermal", "transdermal"),
    (
        r"sublingual|buccal|mucosal|oral (?:lozenge|paste|spray|strip)|mucous membrane|oropharyngeal|dental|mouthwash",
        "oromucosal",
    ),
    (r"irrigation", "irrigation"),
    (r"topical|medicated|shampoo|cutaneous|soap|paste|augmented", "topical"),
    (
        r"inject\w*|syringe|auto-injector|cartridge|intravenous|intraperitoneal|intrathecal|intramuscular|subcutaneous|implant",
        "parenteral",
    ),
    (r"oral|tablet|capsule|pill|chewable|lozenge|chewing gum|wafer|caplet|granules|gas for", "oral"),
)
_BY_FORM = tuple((re.compile(rf"\b(?:{words})\b", re.IGNORECASE), route) for words, route in _ROUTES)
_FORM_WORDS = (
    r"(?:Extended|Delayed|Release|Enteric|Coated|Oral|Chewable|Disintegrating|Effervescent|Sublingual|Buccal|Rectal|"
    r"Vaginal|Topical|Ophthalmic|Otic|Nasal|Transdermal|Inhalation|Inhalant|Injectable|Injection|Irrigation|"
    r"Intraperitoneal|Mucosal|Metered|Dose|Dry|Prefilled|Pen|Auto-Injector|Injector|Syringe|Cartridge|Liquid|Powder|"
    r"for|Tablet|Capsule|Pill|Solution|Suspension|Spray|Cream|Ointment|Gel|Lotion|Foam|Film|Patch|System|Suppository|"
    r"Enema|Pellet|Granules|Lozenge|Wafer|Strip|Inhaler|Tape|or|Medicated|Pad|Shampoo|Drug|Implant|Product|Products|Paste|"
    r"Chewing|Gum|Drops|Syrup|Elixir|Emulsion|Intravenous)"
)
_FORM_TAIL = re.compile(rf"(?:^|\s)({_FORM_WORDS}(?:\s{_FORM_WORDS})*)$")


def parse(name: str) -> RxNormName | None:
    """The parts of a regular name; None where neither a strength nor a dose form shows that it is one. Never raises."""
    pack = _PACK.fullmatch(name.strip())
    if pack:
        return _joined([found for part in _PACKED.findall(pack[1].strip()) if (found := _product(part))])
    return _product(name)


def _product(name: str) -> RxNormName | None:
    brand = _BRAND.search(name)
    plain = (name[: brand.start()] if brand else name).strip()
    components = _LEAD.sub("", plain, count=1).split(" / ") if _LEAD.match(plain) else plain.split(" / ")
    form, components[-1] = _form(components[-1])
    regular = bool(form) or any(_STRENGTH.search(component) for component in components)
    ingredients = tuple(ingredient for component in components if (ingredient := _ingredient(component)))
    if not regular or not ingredients:
        return None
    return RxNormName(ingredients, form, _route(form), brand[1] if brand else "")


def _form(component: str) -> tuple[str, str]:
    """The dose form at the end of the last component, and the rest."""
    strength = _last(_STRENGTH, component)
    if strength:
        return component[strength.end() :].strip(), component[: strength.end()]
    tail = _FORM_TAIL.search(component)
    return (tail[1], component[: tail.start()]) if tail else ("", component)


def _last(pattern: re.Pattern[str], text: str) -> re.Match[str] | None:
    return max(pattern.finditer(text), key=re.Match.start, default=None)


def _ingredient(component: str) -> str:
    """What stands before the first strength."""
    strength = _STRENGTH.search(component)
    return (component[: strength.start()] if strength else component).strip()


def _route(form: str) -> str:
    return next((route for pattern, route in _BY_FORM if pattern.search(form)), "unspecified")


def _joined(products: list[RxNormName]) -> RxNormName | None:
    """A pack: all its ingredients; a route or form only where its products agree."""
    if not products:
        return None
    routes, forms = {product.route for product in products}, {product.dose_form for product in products}
    return RxNormName(
        tuple(dict.fromkeys(ingredient for product in products for ingredient in product.ingredients)),
        forms.pop() if len(forms) == 1 else "",
        routes.pop() if len(routes) == 1 else "unspecified",
        "",
    )
