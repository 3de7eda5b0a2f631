"""What is held of every page: accessible, within its width, plain in its figures, fit to print."""

from __future__ import annotations

import re
from functools import cache
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote

from playwright.sync_api import Page

AXE = Path(__file__).parents[2] / "vendor" / "axe-core" / "axe.min.js"
WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 400, "height": 800}
PAPER = {"width": 718, "height": 1045}
"""A4 less margins of a centimetre, in the pixels of CSS."""
_DECIDED_BY_LOOK = ("color-contrast", "target-size", "scrollable-region-focusable")
"""The rules whose answer changes with colours and width; the others read the same page again."""
_RUN = """async (rules) => {
  const how = { resultTypes: ["violations"] };
  if (rules.length) how.runOnly = { type: "rule", values: rules };
  const found = await axe.run(document, how);
  return found.violations.map((one) => one.id + ": " + one.help + "\\n  "
    + one.nodes.slice(0, 3).map((node) => node.html.slice(0, 200) + " | "
    + (node.any[0] || node.all[0] || node.none[0] || { message: "" }).message).join("\\n  "));
}"""
_DRAWN_ANEW = """() => new Promise((done) =>
  requestAnimationFrame(() => requestAnimationFrame(done)))"""
_TOO_WIDE = """() => {
  if (document.documentElement.scrollWidth <= window.innerWidth) return [];
  return [...document.body.querySelectorAll("*")]
    .filter((one) => one.getBoundingClientRect().right > window.innerWidth + 1
      && !one.parentElement.closest(".scroll, svg, table"))
    .slice(0, 3).map((one) => one.outerHTML.slice(0, 160));
}"""
# What is drawn is never parted at the end of a line; a figure's table says it again.
_TEXTS = """() => {
  document.querySelectorAll("details").forEach((one) => { one.open = true; });
  const drawn = [...document.querySelectorAll("svg text, svg title")];
  drawn.forEach((one) => { one.textContent = one.textContent.replaceAll(" ", "\u00a0"); });
  const said = [document.title, document.body.innerText];
  for (const one of document.querySelectorAll("[aria-label], [title], [placeholder], option")) {
    said.push(one.getAttribute("aria-label") || one.title || one.placeholder || one.text || "");
  }
  return said.join("\\n");
}"""
_HEADINGS = """() => [...document.querySelectorAll("main h1, main h2, main h3, main h4, main h5")]
  .map((one) => Number(one.tagName[1]))"""
_SHOWN_ON_PAPER = """() => [...document.querySelectorAll("nav, form, button, .stopbar")]
  .filter((one) => one.getClientRects().length).map((one) => one.outerHTML.slice(0, 120))"""

_UNIT = r"(?:mcg|mg|mL|mm|cm|kg|days?|hours?|weeks?|months?|years?|min|h|%|mL/day|V|T)\b"
WRONG = {
    "a micro sign (N4)": r"[\u00b5\u03bc]",
    "an abbreviation that is misread (N4)": r"\b(?:ug|cc|QD|QOD|HS|IU|ML|ml|mcgs|mgs|µL)\b",
    "a trailing zero (N2)": rf"(?<![\d.])\d[\d,]*\.(?:\d*0)?[ \u00a0]{_UNIT}",
    "no zero before the point (N1)": rf"(?<![\d\w,.])\.\d+[ \u00a0]{_UNIT}",
    "digits that are not grouped (N3)": r"(?<![\d.])\d{4,}(?:\.\d+)?[ \u00a0](?:mcg|mg|mL)\b",
    "number and unit without a space (N5)": r"(?<![\w.-])\d[\d,.]*(?:mcg|mg|mL)\b",
    "number and unit that a line may part (N5)": r"\d (?:mcg|mg|mL|mcg/mL|mg/mL|mL/day|%)(?![\w])",
}


def wrong_words(text: str) -> list[str]:
    """Return what in a text breaks the rules of figures and abbreviations."""
    return [
        f"{what}: ...{text[max(0, hit.start() - 40) : hit.end() + 20]!r}"
        for what, pattern in WRONG.items()
        for hit in list(re.finditer(pattern, text))[:3]
    ]


def seen_wrong(
    page: Page, private: frozenset[str] = frozenset(), *, whole: bool = False
) -> list[str]:
    """Return everything that is wrong with a page as it stands; it is left light and wide.

    `private` are the words that no address may hold. `whole` asks axe for every rule in the dark
    and on paper as well, not for those alone whose answer colours and width change.
    """
    rules = [] if whole else list(_DECIDED_BY_LOOK)
    page.wait_for_load_state()
    page.set_viewport_size(WIDE)
    page.emulate_media(color_scheme="light", media="screen")
    page.evaluate(_axe())
    faults = [f"axe, light and wide: {one}" for one in page.evaluate(_RUN, [])]
    page.set_viewport_size(NARROW)
    page.emulate_media(color_scheme="dark", media="screen")
    page.evaluate(_DRAWN_ANEW)
    faults += [f"axe, dark and narrow: {one}" for one in page.evaluate(_RUN, rules)]
    faults += [f"wider than 400 pixels: {one}" for one in page.evaluate(_TOO_WIDE)]
    page.set_viewport_size(PAPER)
    page.emulate_media(color_scheme="light", media="print")
    page.evaluate(_DRAWN_ANEW)
    faults += [f"axe, on paper: {one}" for one in page.evaluate(_RUN, rules)]
    faults += [f"printed: {one}" for one in page.evaluate(_SHOWN_ON_PAPER)]
    faults += [f"cut off on paper: {one}" for one in page.evaluate(_TOO_WIDE)]
    page.set_viewport_size(WIDE)
    page.emulate_media(media="screen")
    faults += wrong_words(page.evaluate(_TEXTS))
    faults += _headings(page.evaluate(_HEADINGS))
    if page.locator("h1").count() != 1:
        faults.append(f"{page.locator('h1').count()} headings of the first rank")
    for link in page.locator("[href], [action], [src]").evaluate_all(
        "(all) => all.map((one) => one.href || one.action || one.src)"
    ):
        faults += [f"{word!r} stands in {link}" for word in private if word in unquote(str(link))]
    return faults


def looked_at(page: Page) -> str:
    """Hold of a page of a flow what is held of every page, and return what it says."""
    faults = seen_wrong(page)
    assert not faults, f"{page.url}\n" + "\n".join(faults)
    return page.locator("main").inner_text().replace("\u00a0", " ")


def _headings(ranks: list[int]) -> list[str]:
    return [
        f"a heading of rank {after} follows one of rank {before}"
        for before, after in pairwise(ranks)
        if after > before + 1
    ]


@cache
def _axe() -> str:
    return AXE.read_text(encoding="utf-8")
