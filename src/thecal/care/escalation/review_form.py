"""The escalation review (form F17): dose, rise, signs, imaging, plan, in English and German."""

from __future__ import annotations

from thecal.care.document import Document, Field, Grid, Section, Text
from thecal.care.dose_words import dose_text
from thecal.care.escalation.case import SIGNS, EscalationCase
from thecal.care.escalation.trend import TABLE, Trend
from thecal.care.titration.history import after
from thecal.units import Duration, show_percent

SIGN_WORDS = {
    "weakness": Text("weakness of the legs", "Schwäche der Beine"),
    "sensory_change": Text("change of sensation", "Gefühlsstörung"),
    "bladder_or_bowel": Text("bladder or bowel", "Blase oder Darm"),
    "new_pain": Text("new pain", "neuer Schmerz"),
    "effect_lost": Text("loss of effect", "Wirkverlust"),
    "residual_mismatch": Text("residual not as expected", "Restmenge anders als erwartet"),
    "poor_aspiration": Text("poor aspiration at the port", "schlechte Aspiration am Port"),
    "spreading_pain": Text("pain that spreads", "sich ausbreitender Schmerz"),
    "allodynia": Text("touch that hurts", "schmerzhafte Berührung"),
    "myoclonus": Text("myoclonus", "Myoklonien"),
}
_NOT_ASKED = Text("not asked", "nicht erfragt")
_UNKNOWN = Text("not known", "nicht bekannt")
_IMAGING = {
    None: _UNKNOWN,
    "none": Text("none done", "keine erfolgt"),
    "clear": Text("clear", "unauffällig"),
    "granuloma": Text("granuloma", "Granulom"),
}


def review_form(case: EscalationCase, found: Trend, verdict: str) -> Document:
    """Return the form; the plan is left to be written by hand."""
    yearly = "-" if found.yearly is None else show_percent(found.yearly)
    return Document(
        kind="escalation-review",
        title=Text("Review of a rising dose", "Prüfung einer steigenden Dosis"),
        sections=(
            Section(
                Text("Dose", "Dosis"),
                fields=(
                    Field(Text("drug", "Wirkstoff"), Text.same(case.drug)),
                    _dose("dose now", "Dosis jetzt", case),
                    Field(Text("change a year", "Änderung je Jahr"), Text.same(yearly), True),
                    Field(Text("verdict", "Ergebnis"), Text.same(verdict), True),
                ),
                grid=_doses(case),
            ),
            Section(
                Text("Signs and imaging", "Zeichen und Bildgebung"),
                fields=(
                    *(Field(SIGN_WORDS[one], _answer(case, one)) for one in SIGNS),
                    Field(
                        Text("imaging for granuloma", "Bildgebung auf Granulom"),
                        _IMAGING[case.imaging],
                    ),
                ),
            ),
            Section(
                Text("Plan", "Vorgehen"),
                signatures=(Text("prescriber", "verordnende Person"),),
            ),
        ),
        footnotes=(Text.same("workflow.md 3 F17; pharmacology.md 1.4, 5.6"),),
    )


def _dose(en: str, de: str, case: EscalationCase) -> Field:
    return Field(Text(en, de), Text.same(dose_text(case.drug, case.history.current)))


def _doses(case: EscalationCase) -> Grid:
    """Return the doses that ran within the time that the form covers."""
    kept = TABLE.get("any", "history-kept", Duration).value
    changes = case.history.changes
    rows = []
    for place, one in enumerate(changes):
        ended = changes[place + 1].time if place + 1 < len(changes) else case.now
        if after(ended, kept) >= case.now:
            when = Text.same(one.time.date().isoformat())
            rows.append((when, Text.same(dose_text(case.drug, one.dose))))
    return Grid((Text("from", "ab"), Text("dose a day", "Tagesdosis")), tuple(rows))


def _answer(case: EscalationCase, sign: str) -> Text:
    answer = case.signs.get(sign)
    if answer is None:
        return _NOT_ASKED
    return Text("yes", "ja") if answer else Text("no", "nein")
