"""Which advice becomes which card: gates, groups, named partners, hooks, the site's modes, and the cap (0.3, 0.5)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cds_hooks.authoring.evidence import PROJECT, Evidence
from cds_hooks.authoring.rule import ORDER_HOOKS, AnyRule, ChartRule, Gate, Hook, OrderRule, Rule
from cds_hooks.authoring.verdict import NOT_APPLICABLE, SATISFIED, Advice, Group, MissingData, Verdict
from cds_hooks.evaluation.evaluate import Failed, Judged, asked_at, evaluate
from cds_hooks.evaluation.merge import GROUPS, PARTNERS, How, Partner
from cds_hooks.evaluation.triage import INFO_CAP, Fate, Triage, triage
from cds_hooks.rules import CATALOG
from cds_hooks.snapshot.medication import Order
from cds_hooks.snapshot.patient import Patient
from cds_hooks.snapshot.policy import Mode, Policy
from cds_hooks.snapshot.vocabulary import Concept, DrugGroup, Need
from cds_hooks.wire.card import Indicator
from tests.builders.snapshot import (
    a_draft,
    a_medication,
    a_patient,
    a_problem,
    a_reason,
    cut_off,
    out_of_reach,
)

SIGN, SELECT, VIEW = Hook.ORDER_SIGN, Hook.ORDER_SELECT, Hook.PATIENT_VIEW
DRAFT = a_draft("denosumab")
EDEMA = a_problem(Concept.EDEMA_SYNDROME)


def says(
    indicator: Indicator = "info", *, arm: str = "", group: Group | None = None, line: str = "", summary: str = "a card"
) -> Advice:
    return Advice(indicator=indicator, summary=summary, detail=(), because=(), arm=arm, group=group, line=line)


def a_rule(rule_id: str, gate: Gate = Gate.ALWAYS, speaks: dict[Hook, frozenset[Indicator]] | None = None) -> Rule:
    return Rule(
        id=rule_id,
        version=1,
        title=f"title of {rule_id}",
        check="a check",
        hooks=frozenset(Hook),
        orders=(DrugGroup.DENOSUMAB,),
        needs=(Need.PROBLEMS,),
        evidence=(Evidence(PROJECT, "none"),),
        limits="none",
        gate=gate,
        speaks=speaks or {},
    )


def about_order(rule_id: str, verdict: Verdict, order: Order = DRAFT) -> Judged:
    return Judged(a_rule(rule_id), order, verdict)


def about_chart(rule_id: str, verdict: Verdict) -> Judged:
    return Judged(a_rule(rule_id), None, verdict)


def cards(triaged: Triage) -> list[str]:
    """Each card as its rules."""
    return ["+".join(each.rule.id for each in card.members) for card in triaged.cards]


def fates(triaged: Triage) -> dict[str, Fate]:
    return {rule: fate for (rule, _), fate in triaged.fates.items()}


# -- gates: rule specification 0.3


def gated(gate: Gate, verdict: Verdict, patient: Patient) -> list[Verdict]:
    def assess(order: Order, patient: Patient) -> Verdict:
        return verdict

    found = evaluate([OrderRule(a_rule("BME-DS-X", gate), assess)], patient)
    return [each.verdict for each in found if not isinstance(each.verdict, Failed)]


ABSENT = a_patient(DRAFT, problems=())
PRESENT = a_patient(DRAFT, problems=(EDEMA,))
CANCER = a_patient(DRAFT, problems=(EDEMA, a_problem(Concept.BONE_METASTASIS)))
UNREAD = a_patient(DRAFT, problems=cut_off(Need.PROBLEMS))
MISSING = MissingData(out_of_reach(Need.CALCIUM))
NOT_KNOWN = MissingData(out_of_reach(Need.PROBLEMS))


@pytest.mark.parametrize(
    ("gate", "verdict", "absent", "present", "cancer", "unread"),
    [
        (Gate.ALWAYS, says("info"), [says()], [says()], [says()], [says()]),
        (Gate.EDEMA, says("critical"), [], [says("critical")], [says("critical")], [NOT_KNOWN]),
        (Gate.EDEMA, MISSING, [], [MISSING], [MISSING], [NOT_KNOWN]),
        (Gate.EDEMA, SATISFIED, [], [SATISFIED], [SATISFIED], [SATISFIED]),
        (Gate.EDEMA, NOT_APPLICABLE, [], [], [], []),
        (Gate.EDEMA_BELOW_CRITICAL, says("critical"), *[[says("critical")]] * 4),
        (Gate.EDEMA_BELOW_CRITICAL, says("warning"), [], [says("warning")], [], [NOT_KNOWN]),
        (Gate.EDEMA_BELOW_CRITICAL, MISSING, [MISSING], [MISSING], [MISSING], [MISSING]),
        (Gate.EDEMA_BELOW_CRITICAL, SATISFIED, *[[SATISFIED]] * 4),
    ],
)
def test_when_a_rule_is_heard(
    gate: Gate,
    verdict: Verdict,
    absent: list[Verdict],
    present: list[Verdict],
    cancer: list[Verdict],
    unread: list[Verdict],
) -> None:
    """Some rules need bone marrow edema; of antiresorptives and prostacyclins only what is critical does without, and
    the rest is not said in oncology. What could not be looked at is never taken for "no edema"."""
    assert gated(gate, verdict, ABSENT) == absent
    assert gated(gate, verdict, PRESENT) == present
    assert gated(gate, verdict, CANCER) == cancer
    assert gated(gate, verdict, UNREAD) == unread


def test_the_reason_of_the_draft_opens_the_gate() -> None:
    """BME_CONTEXT: the draft's own reason is enough, for this draft."""
    draft = a_draft("denosumab", reasons=a_reason(Concept.EDEMA))
    assert gated(Gate.EDEMA, says(), a_patient(draft)) == [says()]
    assert gated(Gate.EDEMA, says(), a_patient(draft, a_draft("denosumab", reference="MedicationRequest/2"))) == [
        says()
    ]


def test_what_could_not_be_looked_at_may_have_been_critical() -> None:
    """Without edema a warning is not heard; what its rule could not check is said all the same."""
    gap = out_of_reach(Need.PREGNANCY)
    warned = replace(says("warning"), unchecked=(gap,))
    for patient in (ABSENT, CANCER):
        assert gated(Gate.EDEMA_BELOW_CRITICAL, warned, patient) == [MissingData(gap)]
    assert gated(Gate.EDEMA_BELOW_CRITICAL, warned, PRESENT) == [warned]


def test_oncology_use_that_cannot_be_told_is_a_missing_fact() -> None:
    """The draft says edema; whether there is cancer of bone could not be read."""
    patient = a_patient(a_draft("denosumab", reasons=a_reason(Concept.EDEMA)), problems=cut_off(Need.PROBLEMS))
    assert gated(Gate.EDEMA_BELOW_CRITICAL, says("warning"), patient) == [NOT_KNOWN]


def test_a_gated_rule_about_the_chart() -> None:
    """At the chart the gate asks for edema anywhere."""
    rule = ChartRule(a_rule("BME-TB-01", Gate.EDEMA), lambda patient: says())
    below = ChartRule(a_rule("BME-DS-DEN-05", Gate.EDEMA_BELOW_CRITICAL), lambda patient: says())
    assert evaluate([rule], a_patient()) == ()
    assert len(evaluate([rule, below], a_patient(problems=(EDEMA,)))) == 2


# -- which rules are asked


def test_the_same_rule_at_a_chart_and_at_an_order() -> None:
    """A rule with two arms is asked as an order rule at the order hooks, as a chart rule at the chart."""
    rule = a_rule("BME-SP-04")
    both: list[AnyRule] = [
        OrderRule(rule, lambda order, patient: says("warning")),
        ChartRule(rule, lambda patient: says("info")),
    ]
    assert [type(each) for each in asked_at(both, SIGN).concerned([DRAFT])] == [OrderRule]
    assert [type(each) for each in asked_at(both, VIEW).concerned([])] == [ChartRule]


def test_a_rule_that_the_site_has_switched_off_is_not_asked() -> None:
    """Off: not evaluated, not recorded."""
    rule: AnyRule = OrderRule(a_rule("BME-DS-X"), lambda order, patient: says())
    assert asked_at([rule], SIGN, Policy(modes={"BME-DS-X": Mode.OFF})).concerned([DRAFT]) == ()
    assert asked_at([rule], SIGN, Policy(modes={"BME-DS-Y": Mode.OFF})).concerned([DRAFT]) == (rule,)


# -- groups: rule specification 0.5


def test_members_of_a_group_share_a_card() -> None:
    """The first listed member leads, whatever was asked first; the highest indicator counts."""
    check = Group.DENOSUMAB_CHECK
    found = triage(
        [
            about_order("BME-DS-DEN-04", says("info", group=check)),
            about_order("BME-RF-05", says("info", group=check)),
            about_order("BME-DS-DEN-02", says("warning", group=check)),
            about_order("BME-DS-DEN-03", says("warning")),
        ],
        SIGN,
    )
    assert cards(found) == ["BME-RF-05+BME-DS-DEN-02+BME-DS-DEN-04", "BME-DS-DEN-03"]
    assert found.cards[0].indicator == "warning"
    assert fates(found) == {"BME-DS-DEN-02": Fate.MERGED, "BME-DS-DEN-04": Fate.MERGED}


def test_a_member_that_is_critical_keeps_its_own_card() -> None:
    """The arm that is critical belongs to no group."""
    check = Group.DENOSUMAB_CHECK
    found = triage([about_order("BME-RF-05", says(group=check)), about_order("BME-DS-DEN-02", says("critical"))], SIGN)
    assert cards(found) == ["BME-DS-DEN-02", "BME-RF-05"]


def test_a_group_is_about_one_draft() -> None:
    """Two drafts of denosumab give two cards."""
    other = a_draft("denosumab", reference="MedicationRequest/2")
    check = Group.DENOSUMAB_CHECK
    found = triage(
        [about_order("BME-RF-05", says(group=check)), about_order("BME-DS-DEN-04", says(group=check), other)], SIGN
    )
    assert cards(found) == ["BME-RF-05", "BME-DS-DEN-04"]


@pytest.mark.parametrize("group", [Group.DENOSUMAB_BASIS, Group.BISPHOSPHONATE_BASIS, Group.ILOPROST_BASIS])
def test_a_basis_card_is_not_shown_beside_a_critical_card(group: Group) -> None:
    """Nobody reads about evidence beside a contraindication of the same draft; another draft's does not matter."""
    basis = about_order(GROUPS[group][0], says(group=group))
    critical = about_order("BME-CI-01", says("critical"))
    found = triage([basis, critical], SELECT)
    assert cards(found) == ["BME-CI-01"]
    assert fates(found) == {GROUPS[group][0]: Fate.HELD}
    other = about_order("BME-CI-01", says("critical"), a_draft("iloprost"))
    assert len(triage([basis, other], SELECT).cards) == 2


# -- named partners: rule specification 0.5


def test_every_member_and_partner_is_a_rule() -> None:
    """The tables name rules by id: none may be misspelled."""
    named = {rule for members in GROUPS.values() for rule in members}
    named |= {rule for row in PARTNERS for rule in (row.rule, *row.to)}
    assert named <= {each.rule.id for each in CATALOG}


@pytest.mark.parametrize("partner", PARTNERS, ids=lambda row: row.rule)
def test_a_rule_yields_to_its_partner(partner: Partner) -> None:
    """It is carried in a line, or replaced and not said; about another draft it stands alone."""
    indicator = partner.when or "warning"
    for to in partner.to:
        yielding = about_order(partner.rule, says("info", arm=partner.arm))
        found = triage([yielding, about_order(to, says(indicator))], SIGN)
        expected = f"{to}+{partner.rule}" if partner.how is How.LINE else to
        assert cards(found) == [expected], partner
        assert fates(found) == {partner.rule: Fate.MERGED}
        elsewhere = triage([yielding, about_order(to, says(indicator), a_draft("iloprost"))], SIGN)
        assert len(elsewhere.cards) == 2


def test_a_partner_that_is_not_critical_does_not_replace() -> None:
    """Where the specification says "fires critical", a warning leaves both cards."""
    found = triage([about_order("BME-VF-07", says("warning")), about_order("BME-DS-VAU-01", says("warning"))], SIGN)
    assert cards(found) == ["BME-VF-07", "BME-DS-VAU-01"]


def test_another_arm_does_not_yield() -> None:
    """Only the repeat arm of the denosumab note yields to the duplicate check; the note itself stays."""
    found = triage([about_order("BME-RF-04", says("info")), about_order("BME-DS-DEN-06", says("warning"))], SELECT)
    assert cards(found) == ["BME-DS-DEN-06", "BME-RF-04"]


def test_a_line_follows_its_card() -> None:
    """The evidence note is a line of the early-augmentation card, which the contraindication replaces."""
    found = triage(
        [
            about_order("BME-VF-07", says("warning")),
            about_order("BME-DS-VAU-01", says("critical")),
            about_order("BME-DS-VAU-02", says("info")),
        ],
        SELECT,
    )
    assert cards(found) == ["BME-DS-VAU-01+BME-DS-VAU-02"]


def test_what_is_replaced_is_not_listed() -> None:
    """A missing cause is not asked for beside signs of infection; the record keeps it."""
    found = triage(
        [about_order("BME-DX-01", says("warning", arm="order")), about_order("BME-DX-07", says("warning"))], SELECT
    )
    assert cards(found) == ["BME-DX-07"]
    assert fates(found) == {"BME-DX-01": Fate.MERGED}


@pytest.mark.parametrize(
    ("spoken", "shown"),
    [
        (("BME-DX-02", "BME-DX-03"), "BME-DX-02+BME-DX-03"),
        (("BME-DX-02", "BME-DX-03", "BME-DX-15"), "BME-DX-15+BME-DX-02+BME-DX-03"),
        (("BME-DX-03", "BME-DX-15"), "BME-DX-15+BME-DX-03"),
        (("BME-DX-01", "BME-DX-16"), "BME-DX-01+BME-DX-16"),
        (("BME-DX-08", "BME-SP-02"), "BME-SP-02+BME-DX-08"),
    ],
)
def test_which_diagnostic_cards_stand_for_others(spoken: tuple[str, ...], shown: str) -> None:
    """CT and bone scan in place of an MRI; an early radiograph and an incidental edema are lines; myeloma has its own
    rule."""
    found = triage([about_chart(each, says()) for each in spoken], Hook.PATIENT_VIEW)
    replaced = shown.startswith(("BME-DX-15", "BME-SP-02"))
    assert [card.lead.rule.id for card in found.cards] == [shown[:9]]
    assert fates(found) == dict.fromkeys(shown.split("+")[1:], Fate.MERGED)
    assert (found.cards[0].lines == ()) is replaced


# -- hooks and modes


def test_an_arm_that_belongs_to_the_other_hook() -> None:
    """At order-sign only the critical arm of such a rule speaks."""
    rule = a_rule("BME-DS-AR-01", speaks={SIGN: frozenset({"critical"})})
    for indicator, shown in (("critical", 1), ("info", 0)):
        judged = [Judged(rule, DRAFT, says(indicator))]  # type: ignore[arg-type]
        assert len(triage(judged, SIGN).cards) == shown
        assert len(triage(judged, SELECT).cards) == 1
    assert fates(triage([Judged(rule, DRAFT, says())], SIGN)) == {"BME-DS-AR-01": Fate.HELD}


def test_a_silent_rule_is_recorded_and_not_shown() -> None:
    """Silent: no card, no notice, no part in another card."""
    policy = Policy(modes={"BME-DS-DEN-06": Mode.SILENT, "BME-RF-05": Mode.SILENT})
    judged = [
        about_order("BME-DS-DEN-06", says("warning")),
        about_order("BME-RF-04", says("warning", arm="repeat")),
        about_order("BME-RF-05", MISSING),
    ]
    found = triage(judged, SIGN, policy)
    assert cards(found) == ["BME-RF-04"]
    assert fates(found) == {"BME-DS-DEN-06": Fate.SILENT}
    assert found.undone == ()


# -- order and cap of the chart's cards


def test_information_of_the_chart_in_the_order_of_the_specification() -> None:
    """Urgent cards first; then rules by name, then pathways."""
    asked = ("BME-DS-NSA-10", "BME-ED-04", "BME-DX-10", "BME-CF-03", "BME-TB-05", "BME-SP-05", "BME-DX-06", "BME-SP-04")
    urgent = about_chart("BME-IA-01", says("warning"))
    found = triage([*(about_chart(rule, says()) for rule in asked), urgent], VIEW, CAP_20)
    assert cards(found) == [
        *("BME-IA-01", "BME-SP-04", "BME-DX-06", "BME-TB-05", "BME-CF-03"),
        *("BME-SP-05", "BME-DX-10", "BME-ED-04", "BME-DS-NSA-10"),
    ]


CAP_20 = Policy({INFO_CAP.name: 20})


def test_information_of_the_chart_is_capped_and_counted() -> None:
    """At most five; what is urgent is never dropped; the rest is named and recorded."""
    infos = [about_chart(f"BME-DX-1{number}", says()) for number in range(7)]
    urgent = [about_chart(f"BME-CF-0{number}", says("warning")) for number in range(1, 8)]
    found = triage([*infos, *urgent], VIEW)
    assert [card.indicator for card in found.cards] == ["warning"] * 7 + ["info"] * 5
    assert found.left_out == ("title of BME-DX-15", "title of BME-DX-16")
    assert fates(found) == {"BME-DX-15": Fate.CAPPED, "BME-DX-16": Fate.CAPPED}
    assert len(triage([*infos, *urgent], VIEW, CAP_20).cards) == 14
    orders = [about_order(f"BME-DX-1{number}", says()) for number in range(7)]
    assert len(triage(orders, SELECT).cards) == 7


UNDONE = MissingData(out_of_reach(Need.MEDICATIONS))
WARNING_UNDONE = replace(UNDONE, urgent=True)


@pytest.mark.parametrize(
    ("undone", "shown"),
    [
        ({"BME-RF-02": UNDONE}, 4),
        ({"BME-RF-02": UNDONE, "BME-TB-03": UNDONE}, 3),
        ({"BME-RF-02": UNDONE, "BME-TB-03": WARNING_UNDONE}, 4),
        ({"BME-DX-13": UNDONE}, 5),
        ({"BME-CI-05": UNDONE}, 5),
        ({}, 5),
    ],
    ids=["one that comes first", "a place each", "one would have warned", "one that comes later", "no name", "none"],
)
def test_a_rule_that_could_not_be_checked_keeps_its_place(undone: dict[str, MissingData], shown: int) -> None:
    """What it may have displaced does not move up because data were missing; it is named with the rest."""
    said = [about_chart(rule, says()) for rule in ("BME-TB-01", "BME-TB-05", "BME-ON-02", "BME-DX-10", "BME-ED-04")]
    found = triage([*said, *(about_chart(rule, verdict) for rule, verdict in undone.items())], VIEW)
    assert len(found.cards) == shown
    assert found.left_out == ("title of BME-DX-10", "title of BME-ED-04")[shown - 3 :]


def test_a_place_is_kept_only_among_those_that_are_full() -> None:
    """Where there is room, where all that is shown comes first itself, and where a site shows a single card."""
    unread = about_chart("BME-TB-05", UNDONE)
    assert len(triage([about_chart("BME-ED-04", says()), unread], VIEW).cards) == 1
    first = ("BME-SP-04", "BME-SP-01", "BME-DX-06", "BME-DX-01", "BME-TB-01")
    assert len(triage([*(about_chart(rule, says()) for rule in first), unread], VIEW).cards) == 5
    one = Policy({INFO_CAP.name: 1})
    assert cards(triage([about_chart("BME-ED-04", says()), unread], VIEW, one)) == ["BME-ED-04"]


def test_an_order_rule_needs_a_hook_of_orders() -> None:
    """The two kinds of hook are told apart by this set alone."""
    assert {SIGN, SELECT} == ORDER_HOOKS


def test_an_active_order_does_not_merge() -> None:
    """Advice about a draft and advice about the chart are different cards."""
    judged = [about_chart("BME-RF-05", says(group=Group.DENOSUMAB_CHECK))]
    judged += [about_order("BME-DS-DEN-04", says(group=Group.DENOSUMAB_CHECK))]
    assert len(triage(judged, SIGN).cards) == 2
    assert a_medication("denosumab").groups == {DrugGroup.DENOSUMAB}
