"""What a nurse sees of a step: every column whole, no link under the stop, nothing typed lost."""

from __future__ import annotations

from playwright.sync_api import Dialog, expect

from browser.refill_desk import Visit
from browser.sight import WIDE

FINA = "Fina Frage"
_COVERED = """() => {
  const stop = document.querySelector(".stopbar a").getBoundingClientRect();
  return [...document.querySelectorAll("nav.steps a")].filter((one) => {
    const box = one.getBoundingClientRect();
    return box.bottom > stop.top + 1 && box.top < stop.bottom - 1 && box.right > stop.left + 1
      && document.elementFromPoint(box.left + 2, (box.top + box.bottom) / 2) === one;
  }).map((one) => one.textContent);
}"""
"""Links of steps that are half seen beside the stop."""


def test_a_step_is_seen_whole_and_what_is_typed_is_not_lost_on_the_way_to_the_list(person) -> None:
    visit = Visit(person, FINA)
    page, asked = visit.page, []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    visit.begin()
    visit.to("complaints")
    page.on("dialog", stay)
    page.locator('[name="side_effects"]').press_sequentially("itching")
    beside = page.locator("details").filter(has_text="Medicines beside the pump").first
    if beside.get_attribute("open") is None:
        beside.locator("summary").click()
    page.get_by_role("link", name="To the list").click(no_wait_after=True)
    page.wait_for_timeout(500)
    assert asked == ["beforeunload"]
    assert page.locator('[name="side_effects"]').input_value() == "itching"
    page.locator('[name="side_effects"]').fill("")
    visit.record("complaints")
    page.remove_listener("dialog", stay)
    for step in ("vitals", "interrogate", "verify"):
        visit.record(step)
    visit.stands_at("decide")
    visit.looked_at()
    table = page.locator("table.steps")
    box = table.evaluate("(one) => [one.scrollWidth, one.parentElement.clientWidth]")
    assert box[0] <= box[1], "a column of the steps is cut off"
    for down in (0, 120, 240, 360, 480):
        page.evaluate(f"window.scrollTo(0, {down})")
        assert page.evaluate(_COVERED) == []
    page.set_viewport_size({"width": 1280, "height": 720})
    listed = page.locator("nav.steps").evaluate("(one) => [one.scrollHeight, one.clientHeight]")
    assert listed[0] <= listed[1], "in a low window the list of steps is cut off at its end"
    page.emulate_media(media="print")
    expect(page.locator("nav.steps")).to_be_hidden()
    page.emulate_media(media="screen")
    page.set_viewport_size(WIDE)
    page.get_by_role("link", name="Break off the visit").click()
    page.get_by_label("Why the visit is broken off").fill("taken ill")
    visit.press("Break off the visit")
    expect(page.get_by_text("taken ill").first).to_be_visible()
