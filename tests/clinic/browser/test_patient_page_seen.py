"""The patient's pages as they move: plots, what htmx fetches, a correction by hand."""

from __future__ import annotations

from playwright.sync_api import Route, expect

from browser.sight import NARROW, WIDE

FRIDA, IGOR, NORA = "Frida Fall", "Igor Irrtum", "Nora Neu"


def test_plots_are_drawn_at_the_width_of_the_page(person) -> None:
    physician = person("dr.demo")
    page = physician.open(physician.patient(FRIDA) + "charts/")
    plots = page.locator(".plot").count()
    assert plots >= 2
    for size in (WIDE, NARROW):
        page.set_viewport_size(size)
        expect(page.locator(".plot canvas")).to_have_count(plots)
        page.wait_for_function(
            "() => [...document.querySelectorAll('.plot canvas')]"
            ".every((one) => one.getBoundingClientRect().right <= innerWidth)"
        )


def test_the_overview_fetches_the_findings_that_were_not_made_yet(person) -> None:
    nurse = person("nurse")
    page = nurse.open(nurse.patient(IGOR))
    expect(page.get_by_role("heading", name="On what is in the pump now")).to_be_visible()


def test_findings_that_are_still_being_made_are_asked_for_again_without_a_click(person) -> None:
    nurse = person("nurse")
    path, page = nurse.patient(NORA), nurse.context.new_page()
    asked: list[str] = []

    def later(route: Route) -> None:
        asked.append(route.request.url)
        if len(asked) == 1:
            route.fulfill(status=204)
        else:
            route.continue_()

    page.route("**/findings/", later)
    nurse.open(path, page)
    made = page.get_by_role("heading", name="On what is in the pump now")
    expect(made).to_be_visible(timeout=20_000)
    expect(page.get_by_text("The review is being made")).to_have_count(0)
    assert len(asked) == 2


def test_a_correction_shows_what_would_follow_and_leaves_the_old_entry_struck_through(
    person,
) -> None:
    physician = person("dr.demo")
    page = physician.open(physician.patient(FRIDA) + "record/?sort=therapy.event:fill")
    page.get_by_role("link", name="correct entry").first.click()
    page.get_by_label("volume", exact=True).fill("37 mL")
    page.get_by_label("Why was it wrong").fill("misread the syringe")
    page.get_by_role("button", name="Show what would follow").click()
    expect(page.get_by_role("heading", name="What would follow")).to_be_visible()
    page.get_by_role("button", name="Write the correction").click()
    expect(page.get_by_role("heading", name="Record")).to_be_visible()
    expect(page.get_by_text("Why: misread the syringe")).to_be_visible()
    page.get_by_role("link", name="The entry that it corrects").click()
    assert page.locator("del").count() >= 2
