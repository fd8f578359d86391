"""The commands `marrow rules list` and `marrow rules show`. What they need is imported when they run."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from cds_hooks.advisor import Advisor
    from service.rules.describe import Description

rules = typer.Typer(
    name="rules", help="Read the rules as this site runs them.", no_args_is_help=True, add_completion=False
)
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
EXIT_SETUP = 2


@rules.command(name="list")
def list_rules(
    hook: Annotated[str, typer.Option(help="Only rules asked at this hook, such as order-sign.")] = "",
    as_json: AsJson = False,
) -> None:
    """List every rule: id, version, how the site runs it, hooks, title."""
    from service.rules.describe import describe_rules

    found = [each for each in describe_rules(_advisor()) if not hook or hook in each.rule.hooks]
    if as_json:
        typer.echo(json.dumps([_summary(each) for each in found], indent=2))
        return
    for each in found:
        hooks = " ".join(sorted(each.rule.hooks))
        typer.echo(f"{each.rule.id:<15} v{each.rule.version:<3} {each.mode:<7} {each.rule.title}  [{hooks}]")


@rules.command()
def show(
    rule_id: Annotated[str, typer.Argument(metavar="ID", help="Such as BME-CI-01, or CI-01.")], as_json: AsJson = False
) -> None:
    """Tell all about one rule. Exits with 1 when there is none of this id."""
    from service.rules.describe import describe_rules

    advisor, wanted = _advisor(), rule_id.upper()
    found = [each for each in describe_rules(advisor) if each.rule.id in (wanted, f"BME-{wanted}")]
    if not found:
        typer.echo("no rule has this id; `marrow rules list` names them", err=True)
        raise typer.Exit(1)
    if as_json:
        typer.echo(json.dumps({**_summary(found[0]), **_details(found[0], advisor)}, indent=2))
        return
    for line in _told(found[0], advisor):
        typer.echo(line)


def _advisor() -> Advisor:
    from service.app import site_advisor
    from service.config import load_settings
    from service.errors import SetupError

    try:
        return site_advisor(load_settings())
    except SetupError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(EXIT_SETUP) from None


def _summary(each: Description) -> dict[str, object]:
    rule = each.rule
    hooks = sorted(rule.hooks)
    return {"id": rule.id, "version": rule.version, "mode": each.mode, "title": rule.title, "hooks": hooks}


def _details(each: Description, advisor: Advisor) -> dict[str, object]:
    rule = each.rule
    return {
        "pathway": each.pathway,
        "recommendation": each.recommendation,
        "clauses": dict(each.clauses),
        "gate": each.gate,
        "orders": [str(order) for order in rule.orders],
        "needs": [str(need) for need in rule.needs],
        "thresholds": [{**asdict(limit), "value": advisor.policy[limit]} for limit in rule.thresholds],
        "evidence": [asdict(item) for item in rule.evidence],
        "limits": rule.limits,
        "override_reasons": [reason.code for reason in rule.overrides],
    }


def _told(each: Description, advisor: Advisor) -> list[str]:
    from service.rules.describe import limit_text

    rule = each.rule
    lines = [f"{rule.id} version {rule.version}, {each.mode}: {rule.title}", "", each.recommendation, ""]
    lines += [f"  {word:<7} {text}" for word, text in each.clauses]
    lines += ["", f"pathway   {each.pathway}", f"hooks     {', '.join(each.hooks)}", f"asked     {each.gate}"]
    lines += [f"orders    {', '.join(order.replace('_', ' ') for order in rule.orders)}"] if rule.orders else []
    lines += [f"looks at  {', '.join(rule.needs)}"]
    lines += [f"limit     {limit.name}: {limit_text(limit, advisor.policy[limit])}" for limit in rule.thresholds]
    lines += [f"source    {item.title}, {item.section}" for item in rule.evidence]
    return [*lines, f"caution   {rule.limits}"]
