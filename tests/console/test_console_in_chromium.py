"""The console in a real browser: each flow, by keyboard, on a narrow panel, light and dark, with hostile FHIR."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.console.test_console_try import HOSTILE

pytestmark = pytest.mark.slow
AXE = Path(__file__).with_name("axe.min.js").read_text(encoding="utf-8")
PAGES = ("/console", "/console/course", "/console/rules", "/console/rules/BME-CI-01", "/console/answers")


def choose(page: Page, story: str) -> None:
    """Open the page and choose a sample patient; the form follows."""
    page.goto("/console")
    page.get_by_label("Sample patient", exact=True).select_option(story)
    expect(page.locator("#fields")).to_be_visible()
    expect(page.get_by_label("Sample patient", exact=True)).to_have_value(story)


def send(page: Page) -> None:
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("heading", name="Every rule and why")).to_be_visible()


def serious(page: Page) -> list[Any]:
    """What axe finds serious or critical."""
    page.evaluate(AXE)
    found = page.evaluate("() => axe.run(document, {resultTypes: ['violations']})")
    return [
        (each["id"], each["nodes"][0]["html"], each["nodes"][0]["failureSummary"])
        for each in found["violations"]
        if each["impact"] in ("serious", "critical")
    ]


def test_from_a_patient_to_a_card_and_an_answer(page: Page) -> None:
    choose(page, "sample-denosumab")
    expect(page.get_by_text("Drafts: denosumab")).to_be_visible()
    send(page)
    card = page.locator("article.card").first
    expect(card.get_by_role("heading", level=3)).to_contain_text("critical")
    card.get_by_label("Override reason").select_option("emergency")
    card.get_by_role("button", name="Override").click()
    expect(card.get_by_role("status")).to_have_text("Kept: overridden.")
    second = page.locator("article.card").nth(1)
    second.get_by_role("button", name="Accept").click()
    expect(second.get_by_role("status")).to_have_text("Kept: accepted.")


def test_a_failed_query_becomes_missing_data(page: Page) -> None:
    choose(page, "sample-apixaban")
    page.get_by_text("prefetch keys, each with data").click()
    page.get_by_label("medication orders").select_option("failed")
    send(page)
    row = page.get_by_role("row").filter(has=page.get_by_role("link", name="BME-CI-01", exact=True))
    expect(row.locator(".verdict")).to_have_text("missing")
    expect(row).to_contain_text("medications failed")


def test_another_hook_asks_for_other_data(page: Page) -> None:
    choose(page, "sample-early")
    expect(page.get_by_label("Hook", exact=True)).to_have_value("patient-view")
    expect(page.get_by_text("Drafts:")).to_have_count(0)
    page.get_by_label("Hook", exact=True).select_option("order-sign")
    expect(page.get_by_text("Drafts: none chosen")).to_be_visible()
    page.get_by_label("iloprost-iv", exact=True).check()
    send(page)


def test_what_cannot_be_sent_is_said(page: Page) -> None:
    choose(page, "sample-apixaban")
    page.get_by_text("Paste FHIR").click()
    page.get_by_label("what I paste").check()
    page.get_by_label("A Bundle, a resource").fill("no json")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("alert")).to_have_text("What you pasted is not JSON.")


def test_the_request_is_copied_as_curl(page: Page) -> None:
    choose(page, "sample-apixaban")
    send(page)
    page.get_by_text("As a curl command").click()
    expect(page.locator("#curl")).to_contain_text("curl -sS")
    page.get_by_role("button", name="Copy").click()
    expect(page.locator("button[data-copy] + [role=status]")).not_to_be_empty()


def test_the_rule_book_filters_while_one_types(page: Page) -> None:
    page.goto("/console/rules")
    everything = page.get_by_role("status").inner_text()
    page.get_by_label("Words").fill("iloprost heart")
    expect(page.get_by_role("status")).not_to_have_text(everything)
    page.get_by_label("Indicator").select_option("critical")
    page.get_by_role("link", name="BME-DS-ILO-01").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("BME-DS-ILO-01")
    expect(page.get_by_role("heading", name="Test table")).to_be_visible()


def test_the_course_has_a_picture_and_words(page: Page) -> None:
    page.goto("/console/course")
    page.get_by_label("Sample patient", exact=True).select_option("sample-beyond")
    page.get_by_role("button", name="Show the course").click()
    expect(page.get_by_role("heading", name="sample-beyond")).to_be_visible()
    picture = page.get_by_role("img", name="Time line of the course.")
    expect(picture).to_be_visible()
    assert picture.evaluate("image => image.naturalWidth") > 100, "it was drawn"
    expect(page.get_by_text("beyond the usual course").first).to_be_visible()


def test_charts_come_with_their_tables(page: Page) -> None:
    choose(page, "sample-apixaban")
    send(page)
    page.locator("article.card").get_by_role("button", name="Override").click()
    expect(page.locator("article.card").get_by_role("status")).to_have_text("Kept: overridden.")
    page.get_by_role("link", name="What became of it").click()
    for _ in range(20):  # records are written a moment after a call
        if page.locator("th", has_text="data-incorrect").count():
            break
        page.wait_for_timeout(500)
        page.reload()
    expect(page.get_by_role("img", name="Cards and answers by rule")).to_be_visible()
    page.locator("section", has=page.get_by_role("heading", name="Reasons of overrides")).locator("summary").click()
    expect(page.get_by_role("rowheader", name="data-incorrect")).to_be_visible()


def test_the_keyboard_is_enough(page: Page) -> None:
    """From the top of the page to a card, and to its first control, without a mouse."""
    page.goto("/console")
    page.keyboard.press("Tab")
    assert page.evaluate("() => document.activeElement.textContent") == "Skip to the content"
    page.keyboard.press("Enter")
    for _ in range(40):
        if page.evaluate("() => document.activeElement.id") == "send":
            break
        page.keyboard.press("Tab")
        outline = page.evaluate("() => getComputedStyle(document.activeElement).outlineStyle")
        assert outline != "none", "where the focus is can be seen"
    page.keyboard.press("Enter")
    expect(page.locator("article.card").first).to_be_visible()
    expect(page.locator("#result")).to_be_focused()
    page.keyboard.press("Tab")
    assert page.evaluate("() => document.activeElement.closest('article.card') !== null")


@pytest.mark.parametrize("path", PAGES)
def test_a_narrow_panel_needs_no_scrolling_to_the_side(page: Page, path: str) -> None:
    page.set_viewport_size({"width": 360, "height": 800})
    page.goto(path)
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 360


def test_cards_fit_a_narrow_panel(page: Page) -> None:
    page.set_viewport_size({"width": 360, "height": 800})
    choose(page, "sample-nsaid-heart")
    send(page)
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 360


@pytest.mark.parametrize("path", PAGES)
def test_axe_finds_no_serious_issue(page: Page, path: str, scheme: Literal["light", "dark"]) -> None:
    page.emulate_media(color_scheme=scheme)
    page.goto(path)
    assert serious(page) == []


def test_axe_finds_no_serious_issue_in_the_cards(page: Page, scheme: Literal["light", "dark"]) -> None:
    page.emulate_media(color_scheme=scheme)
    choose(page, "sample-denosumab")
    send(page)
    for summary in page.locator("#result summary").all():
        summary.click()
    assert serious(page) == []


def test_light_and_dark_differ(page: Page) -> None:
    colors = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme="light" if scheme == "light" else "dark")
        page.goto("/console")
        colors.append(page.evaluate("() => getComputedStyle(document.body).backgroundColor"))
    assert len(set(colors)) == 2


def test_hostile_fhir_runs_nothing_and_asks_nobody(page: Page) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("dialog", lambda dialog: pytest.fail(f"a script ran: {dialog.message}"))
    rows = [
        {"resourceType": "Patient", "id": "p1", "gender": "male"},
        {
            "resourceType": "MedicationRequest",
            "id": "m1",
            "status": "active",
            "intent": "order",
            "subject": {"reference": "Patient/p1"},
            "medicationCodeableConcept": {"text": f"apixaban {HOSTILE} ![x](https://stranger.example.org/x.png)"},
        },
    ]
    choose(page, "sample-apixaban")
    page.get_by_text("Paste FHIR").click()
    page.get_by_label("what I paste").check()
    page.get_by_label("A Bundle, a resource").fill(json.dumps(rows))
    send(page)
    expect(page.locator("article.card").first).to_contain_text("<script>alert(1)</script>")
    assert page.locator("article.card script, article.card img, article.card .detail a").count() == 0
    assert all(url.startswith(("http://127.0.0.1:", "data:")) for url in asked)


def test_every_form_works_without_scripts(browser: Browser, marrow: str) -> None:
    context = browser.new_context(base_url=marrow, java_script_enabled=False)
    page = context.new_page()
    page.goto("/console")
    page.get_by_label("Sample patient", exact=True).select_option("sample-denosumab")
    page.get_by_role("button", name="Choose this patient").click()
    page.get_by_role("button", name="Send").click()
    expect(page.locator("article.card").first).to_contain_text("critical")
    page.locator("article.card").first.get_by_role("button", name="Override").click()
    expect(page.get_by_role("status")).to_have_text("Kept: overridden.")
    page.goto("/console/rules")
    page.get_by_label("Words").fill("denosumab")
    page.get_by_role("button", name="Filter").click()
    expect(page.get_by_role("status")).to_contain_text(" of ")
    context.close()
