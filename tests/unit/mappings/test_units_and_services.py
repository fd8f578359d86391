"""How values are read, and what may be suggested."""

import pytest

from mappings import Code, Knowledge


@pytest.mark.parametrize(
    "spelling",
    [
        "mL/min/{1.73_m2}",
        "mL/min/1.73m2",
        "ml/min/1.73 m2",
        "mL/min/1.73 m²",
        "ML/MIN/1.73M2",
        "mL/min/1.73m**2",
        "ml/min/1,73qm",
    ],
)
def test_egfr_in_any_spelling(knowledge: Knowledge, spelling: str) -> None:
    unit = knowledge.unit("egfr", spelling)

    assert unit is not None
    assert (unit.canonical, unit.factor) == ("mL/min/{1.73_m2}", 1)


@pytest.mark.parametrize(
    ("kind", "spelling", "factor"),
    [
        ("egfr", "mL/s/{1.73_m2}", 60),
        ("inr", "{INR}", 1),
        ("inr", "1", 1),
        ("inr", "INR", 1),
        ("hcg", "m[IU]/mL", 1),
        ("hcg", "mIU/mL", 1),
        ("hcg", "IU/L", 1),
        ("hcg", "mIU/L", 0.001),
    ],
)
def test_factors(knowledge: Knowledge, kind: str, spelling: str, factor: float) -> None:
    unit = knowledge.unit(kind, spelling)

    assert unit is not None
    assert unit.factor == factor
    assert unit.plausible_low < unit.plausible_high


@pytest.mark.parametrize(
    ("kind", "spelling"),
    [
        pytest.param("egfr", "mL/min", id="not indexed to body surface"),
        pytest.param("inr", "", id="no unit"),
        pytest.param("inr", "s", id="seconds"),
        pytest.param("hcg", "ng/mL", id="mass depends on the assay"),
        pytest.param("potassium", "mmol/L", id="a kind that no rule needs"),
    ],
)
def test_units_that_cannot_be_converted(knowledge: Knowledge, kind: str, spelling: str) -> None:
    assert knowledge.unit(kind, spelling) is None


def test_services(knowledge: Knowledge) -> None:
    test = knowledge.service("pregnancy_test")

    assert test.resource_type == "ServiceRequest"
    assert test.code == Code(
        "http://loinc.org", "2118-8", "Choriogonadotropin (pregnancy test) [Presence] in Serum or Plasma"
    )
    assert knowledge.service("hematology_consult").code is None
    assert knowledge.service("medication_reconciliation").resource_type == "Task"
    with pytest.raises(KeyError):
        knowledge.service("leeches")


@pytest.mark.parametrize(
    "name",
    ["pregnancy_test", "inr_test", "anti_xa_test", "hematology_consult", "obstetric_consult", "pharmacist_review"],
)
def test_every_service_says_what_it_is(knowledge: Knowledge, name: str) -> None:
    assert knowledge.service(name).text
