"""Every clinical statement of the five texts that the rules start from is answered by a rule that cites the text."""

from __future__ import annotations

import pytest

from cds_hooks.authoring.evidence import CONSUMER_ARTICLE, DPM_BLOG, ICLINIQ, MANAGEMENT, STATPEARLS
from cds_hooks.rules import CATALOG

ANNOTATIONS = {
    "BME-DX-17": "BME-TB-02",  # who fits the usual picture: a line of other cards
    "BME-SP-07": "BME-TB-02",
    "BME-RF-06": "BME-RF-02",  # shock waves: a row of the options
    "BME-ED-03": "BME-TB-01",  # a therapist for the technique: a sentence of the care card
    "BME-DS-NSA-09": "BME-DS-NSA-01",  # topical products: what the NSAID rules leave out
}
"""Parts of the specification without a card of their own, with a rule that carries them."""

STATEMENTS = (
    (STATPEARLS, "16", "DX-06 ON-05"),
    (STATPEARLS, "20", "DX-09 SP-01 SP-07"),
    (STATPEARLS, "24", "DX-12 DX-17 DX-11"),
    (STATPEARLS, "28, 32", ""),
    (STATPEARLS, "36", "DX-12 TB-04"),
    (STATPEARLS, "38", "TB-02"),
    (STATPEARLS, "42", "DX-03 DX-15 DX-02 DX-04"),
    (STATPEARLS, "44", "DX-09 DX-10 TB-03"),
    (STATPEARLS, "48", "TB-01 TB-07"),
    (STATPEARLS, "50", "RF-02 CI-01 CI-02 CI-03 CI-04 CI-05"),
    (STATPEARLS, "52", "RF-03 TB-03"),
    (STATPEARLS, "56", "DX-06 DX-07 DX-08 ON-01 ON-05"),
    (STATPEARLS, "60", "TB-02 TB-05"),
    (STATPEARLS, "64, 68, 72", "ED-01 ED-02 ED-03 ED-04"),
    (ICLINIQ, "25-29", "DX-16"),
    (ICLINIQ, "33-45", "DX-01 DX-06 SP-06"),
    (ICLINIQ, "47-51", "IA-06"),
    (ICLINIQ, "53-57", "IA-01 IA-03"),
    (ICLINIQ, "59-69", "DX-08"),
    (ICLINIQ, "71-77", "ON-01 ON-04 ON-05"),
    (ICLINIQ, "79-85", "DX-07 CF-02"),
    (ICLINIQ, "87-93", "DX-13 DX-09"),
    (ICLINIQ, "95-103", "DX-13 ON-04 DS-COR-04"),
    (ICLINIQ, "107-121", "DX-01"),
    (ICLINIQ, "123-135", "DX-12 DX-07"),
    (ICLINIQ, "137-151", "DX-02 DX-03 DX-04 DX-15 DX-07"),
    (ICLINIQ, "155", "TB-01 TB-02"),
    (ICLINIQ, "161", "TB-01 RF-06 DS-ESW-01"),
    (ICLINIQ, "165-171", "TB-01 RF-10 IA-05 RF-02"),
    (ICLINIQ, "175", "RF-09 DS-ORT-01"),
    (ICLINIQ, "177-185", "RF-08 ON-03 RF-09"),
    (ICLINIQ, "189", "DX-01"),
    (ICLINIQ, "217", "ED-01"),
    (DPM_BLOG, "15", "DX-01 DX-06"),
    (DPM_BLOG, "17", "SP-01"),
    (DPM_BLOG, "19", "DX-11 DX-02 DX-12"),
    (DPM_BLOG, "23", ""),
    (DPM_BLOG, "25", "DX-05 ON-02"),
    (DPM_BLOG, "27", "DX-09 DX-10 SP-06 SP-04"),
    (DPM_BLOG, "31", "RF-02 RF-08 IA-05 SP-04 TB-01"),
    (DPM_BLOG, "33", "TB-03 RF-03"),
    (DPM_BLOG, "37-39", "DX-02"),
    (DPM_BLOG, "39", "TB-06 RF-07 TB-03"),
    (DPM_BLOG, "41", ""),
    (CONSUMER_ARTICLE, "1", "DX-01"),
    (CONSUMER_ARTICLE, "3-5", "ED-01"),
    (CONSUMER_ARTICLE, "9-12", "DX-06 TB-02 TB-05"),
    (CONSUMER_ARTICLE, "20-23", "DX-17 SP-01 DX-10"),
    (CONSUMER_ARTICLE, "27", "TB-01 RF-08"),
    (CONSUMER_ARTICLE, "35, 39-40", "RF-03 RF-02"),
    (CONSUMER_ARTICLE, "37", "RF-02 DS-ILO-07"),
    (CONSUMER_ARTICLE, "44-47", "ON-03 IA-06 IA-01"),
    (MANAGEMENT, "2", "DX-01 TB-01 TB-04 RF-01"),
    (MANAGEMENT, "4-6", "DX-01 DX-14 DX-04"),
    (MANAGEMENT, "7", "IA-04 IA-03"),
    (MANAGEMENT, "8", "DX-05 ON-01"),
    (MANAGEMENT, "11-15", "VF-01 VF-02 VF-03 VF-04"),
    (MANAGEMENT, "16-19", "VF-05 VF-06 VF-07 VF-08"),
    (MANAGEMENT, "21-24", "IA-01 IA-02"),
    (MANAGEMENT, "26-29", "TB-01 TB-02 TB-05 ON-02"),
    (MANAGEMENT, "31-34", "RF-02 RF-04 RF-05 RF-06 RF-07"),
    (MANAGEMENT, "36-39", "CF-01 CF-02 CF-03 CF-04"),
    (MANAGEMENT, "41-42", "DX-16 IA-03"),
    (MANAGEMENT, "43", "IA-03"),
    (MANAGEMENT, "44-45", "VF-02 VF-03 DS-OPI-02"),
    (MANAGEMENT, "47-49", "SP-02 SP-03"),
    (MANAGEMENT, "50-51", "SP-05"),
)
"""Text, lines of the text, and the rules that answer them. Lines without a rule hold nothing that can be computed."""

EVIDENCE = {rule.rule.id: {item.title for item in rule.rule.evidence} for rule in CATALOG}


@pytest.mark.parametrize(("text", "lines", "rules"), STATEMENTS)
def test_a_statement_is_answered(text: str, lines: str, rules: str) -> None:
    """Each rule that the statement leads to exists."""
    for name in rules.split():
        rule = f"BME-{name}"
        assert ANNOTATIONS.get(rule, rule) in EVIDENCE, lines


ELSEWHERE = {
    STATPEARLS: {"BME-ON-01", "BME-TB-04"},
    ICLINIQ: {"BME-DS-ESW-01", "BME-DS-ORT-01", "BME-IA-03", "BME-TB-02"},
    DPM_BLOG: {"BME-DX-01", "BME-DX-12", "BME-RF-03"},
    CONSUMER_ARTICLE: {"BME-DX-06"},
    MANAGEMENT: {"BME-DS-OPI-02"},
}
"""Rules that answer a statement of a text and stand on other sources: the text only touches their subject."""


@pytest.mark.parametrize("text", ELSEWHERE, ids=lambda text: text[:20])
def test_a_text_is_cited_by_the_rules_that_answer_it(text: str) -> None:
    """The card names where a statement comes from."""
    named = {f"BME-{name}" for each, _, rules in STATEMENTS if each == text for name in rules.split()}
    assert {rule for rule in named - set(ANNOTATIONS) if text not in EVIDENCE[rule]} == ELSEWHERE[text]


def test_all_rules_of_the_specification_are_there() -> None:
    """128 rules, five of them without a card of their own."""
    assert len(EVIDENCE) + len(ANNOTATIONS) == 128
    assert not set(ANNOTATIONS) & set(EVIDENCE)
