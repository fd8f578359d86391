"""The options that a card lays out: tried by the safety rules, sorted by what they say, and dropped where told so."""

from __future__ import annotations

from dataclasses import replace

from cds_hooks.authoring.rule import AnyRule
from cds_hooks.authoring.verdict import SATISFIED, Advice, MissingData, Option, Verdict
from cds_hooks.cards.markdown import option_table
from cds_hooks.evaluation.evaluate import Judged
from cds_hooks.evaluation.merge import CardPlan, Spoken
from cds_hooks.evaluation.offers import offers
from cds_hooks.evaluation.options import Fit, LaidOut, laid_out, settled
from cds_hooks.evaluation.trial import hypothetical, trial
from cds_hooks.snapshot.model import Gap, GapKind
from cds_hooks.snapshot.vocabulary import Concept, DrugGroup, Need, Treatment
from tests.builders.snapshot import a_patient, a_problem, out_of_reach
from tests.spec.test_offers import advised, broken, rule_about

GAP = out_of_reach(Need.CALCIUM)
WAVES, FIELDS = Option(Treatment.ESWT, "At the hip."), Option(Treatment.PEMF, last=True)
DENOSUMAB, ILOPROST = Option(Treatment.DENOSUMAB), Option(Treatment.ILOPROST)
ALONE = (Option(Treatment.ESWT, alone="only waves"), Option(Treatment.PEMF, alone="only fields"))


def against(subject: DrugGroup | Concept, verdict: object = None, rule_id: str = "BME-DS-X-01") -> AnyRule:
    return rule_about(subject, verdict=verdict or advised("critical", "Not safe"), id=rule_id)  # type: ignore[arg-type]


def after(advice: Verdict, *rules: AnyRule) -> Verdict | object:
    (found,) = settled([Judged(rule_about().rule, None, advice)], rules, a_patient())
    return found.verdict


def saying(*options: Option, all_blocked: str = "") -> Advice:
    return Advice(indicator="info", summary="options", detail=(), because=(), options=options, all_blocked=all_blocked)


def test_a_trial_names_what_was_missing() -> None:
    warned = Advice(indicator="warning", summary="w", detail=(), because=(), unchecked=(GAP,))
    other = out_of_reach(Need.ALLERGIES)
    said = [warned, MissingData(other), broken, *(replace(advised("warning"), arm=arm) for arm in ("unknown", "low"))]
    found = trial(Treatment.ESWT, [against(Concept.ESWT, each) for each in said], a_patient())
    not_on_record = Gap("calcium before vitamin D", GapKind.NOT_RECORDED, "High calcium (BME-DS-X-01)")
    assert found.gaps == (GAP, other, not_on_record)
    assert len(found.open) == 2
    missing = against(Concept.ESWT, replace(advised("warning"), arm="missing"))
    assert len(trial(Treatment.ESWT, [missing], a_patient()).gaps) == 1


def test_an_option_names_what_the_chart_says_against_it() -> None:
    """Not the hypothetical draft itself, which nobody has ordered."""
    fibrillation = a_problem(Concept.ATRIAL_FIBRILLATION).fact
    draft = hypothetical(Treatment.ESWT)
    assert draft is not None
    warned = replace(advised("warning"), because=(draft.fact, fibrillation))
    (found,) = laid_out([WAVES], [against(Concept.ESWT, warned)], a_patient())
    assert found.facts == (fibrillation,)
    (found,) = laid_out([WAVES], [against(Concept.ESWT, replace(warned, indicator="critical"))], a_patient())
    assert found.facts == (fibrillation,)


def test_options_stand_by_how_they_fit() -> None:
    """What may be discussed first; an option that is never suggested first stays last."""
    rules = (
        against(DrugGroup.DENOSUMAB),
        against(DrugGroup.DENOSUMAB, advised("warning", "Beware"), "BME-DS-X-02"),
        against(DrugGroup.DENOSUMAB, MissingData(GAP), "BME-DS-X-03"),
        against(DrugGroup.PROSTACYCLIN, advised("warning", "Beware"), "BME-DS-X-04"),
        against(DrugGroup.PROSTACYCLIN, MissingData(GAP), "BME-DS-X-05"),
    )
    found = laid_out([DENOSUMAB, FIELDS, ILOPROST, WAVES], rules, a_patient())
    assert found == (
        LaidOut(WAVES, Fit.MAY, ("No safety rule speaks against it.", "At the hip.")),
        LaidOut(
            ILOPROST,
            Fit.CHECK_FIRST,
            ("Beware (BME-DS-X-04).", "After check of: calcium before vitamin D (BME-DS-X-05)."),
            (GAP,),
        ),
        LaidOut(DENOSUMAB, Fit.MUST_NOT, ("Not safe (BME-DS-X-01).",)),
        LaidOut(FIELDS, Fit.MAY, ("No safety rule speaks against it.",)),
    )


def test_the_note_of_an_option_to_check_stays() -> None:
    (found,) = laid_out([WAVES], [against(Concept.ESWT, MissingData(GAP))], a_patient())
    assert found.reasons[-1] == "At the hip."


def test_the_table_of_options() -> None:
    found = LaidOut(WAVES, Fit.MAY, ("Nothing.", "At the hip."), ())
    assert option_table([found]) == (
        "| Option | In this patient | Why |\n| --- | --- | --- |\n"
        "| Shock wave therapy | may be discussed | Nothing. At the hip. |"
    )


def test_a_card_lays_out_the_options_of_all_its_members_once() -> None:
    rule = rule_about().rule
    lead, line = Spoken(rule, None, saying(WAVES)), Spoken(rule, None, saying(WAVES, FIELDS))
    found = offers(CardPlan(lead, (line,)), [], a_patient()).options
    assert [each.option for each in found] == [WAVES, FIELDS]


# -- before the cards are planned


def test_what_lays_out_nothing_is_left_as_it_is() -> None:
    assert after(SATISFIED) is SATISFIED
    plain = advised("info")
    assert after(plain, against(Concept.ESWT)) is plain


def test_an_option_that_falls_out_is_not_named() -> None:
    """On a warning as on a critical finding; with none left the advice is not said."""
    advice = saying(*ALONE)
    warned = against(Concept.PEMF, advised("warning"))
    assert after(advice) == advice
    left = after(advice, warned)
    assert isinstance(left, Advice)
    assert (left.summary, left.options) == ("only waves", ALONE[:1])
    assert after(advice, warned, against(Concept.ESWT)) is SATISFIED
    assert after(advice, against(Concept.ESWT, MissingData(GAP))) == advice


def test_where_all_are_blocked_the_summary_says_so() -> None:
    advice = saying(WAVES, FIELDS, all_blocked="all blocked")
    waves, fields = against(Concept.ESWT), against(Concept.PEMF)
    blocked = after(advice, waves, fields)
    assert isinstance(blocked, Advice)
    assert (blocked.summary, blocked.options) == ("all blocked", (WAVES, FIELDS))
    assert after(advice, waves) == advice
    assert after(advice, waves, against(Concept.PEMF, advised("warning"))) == advice
    assert after(saying(WAVES), waves) == saying(WAVES)


def test_a_single_option_keeps_its_summary() -> None:
    assert after(saying(ALONE[0])) == saying(ALONE[0])
