"""The dashboard and the alerts ask for metrics that exist, with labels that these have."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import yaml
from prometheus_client import Histogram

from service.observability.metrics import Metrics

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"


def expressions() -> list[str]:
    dashboard = json.loads((DEPLOY / "grafana/marrow.json").read_text())
    alerts = yaml.safe_load((DEPLOY / "prometheus/alerts.yaml").read_text())
    return [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]] + [
        rule["expr"] for group in alerts["groups"] for rule in group["rules"]
    ]


def known() -> dict[str, set[str]]:
    """Name of a series -> its labels."""
    series: dict[str, set[str]] = {}
    for collector in vars(Metrics([])).values():
        name, labels = getattr(collector, "_name", None), set(getattr(collector, "_labelnames", ()))
        if not name:
            continue
        if isinstance(collector, Histogram):
            series |= {f"{name}_bucket": labels | {"le"}, f"{name}_count": labels}
        else:
            series |= {f"{name}_total": labels, name: labels}
    return series


@pytest.mark.parametrize("expression", expressions())
def test_an_expression_asks_for_what_there_is(expression: str) -> None:
    names = re.findall(r"marrow_\w+", expression)
    assert names or "up{" in expression
    labels = {label for name in names for label in known()[name]}
    grouped = re.findall(r"by \(([^)]*)\)", expression)
    asked = {label.strip() for group in grouped for label in group.split(",")}
    filtered = set(re.findall(r"[{,]\s*(\w+)\s*[!=]", expression)) - {"job"}
    assert asked | filtered <= labels
