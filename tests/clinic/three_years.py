"""Three years of one patient as a therapy file: what a page has to carry."""

from __future__ import annotations

from datetime import date, timedelta

_HEAD = """schema = "thecal.therapy/1"
utc_offset = "+01:00"
[patient]
id = "DEMO-003"
birth_date = 1961-04-12
sex = "female"
weight = "82 kg"
therapy = "pain"
setting = "non-cancer"
opioid_tolerant = true
indication = "failed-back-surgery-syndrome"
[pump]
model = "synchromed-ii-40"
serial = "NGV700003H"
low_reservoir_alarm = "4 mL"
[catheter]
model = "ascenda-8780"
supplied_length = "114 cm"
trimmed_length = "38 cm"
tip = "T10"
"""
START = date(2023, 4, 10)
_EVERY, _VISITS = 60, 18
_ASPIRATED = ("28.9", "29.4", "28.1", "27.4", "29.0", "26.2")


def three_years() -> str:
    """Return the file: a refill every 60 days, a program every 30, scores every 10."""
    events: list[tuple[int, str, str]] = []
    for visit in range(_VISITS):
        day = visit * _EVERY
        aspirated = f'aspirated = "{_ASPIRATED[visit % len(_ASPIRATED)]} mL"\n' if visit else ""
        fill = f'type = "fill"\nvolume = "38 mL"\n{aspirated}'
        mixture = 'mixture = { morphine = "5 mg/mL", bupivacaine = "10 mg/mL" }\n'
        events.append((day, "10:00:00", fill + mixture))
        if not visit:
            events.append((day, "10:05:00", 'type = "prime"\n'))
        for part in (0, _EVERY // 2):
            dose = 500 + visit * 20 + part
            program = (
                'type = "program"\nprimary = "morphine"\nmode = "flex"\n'
                f'daily_dose = "{dose} ug/d"\n'
                'steps = [{ days = "daily", start = "20:00", duration = "4 h", '
                'dose = "0.15 mg" }]\n'
                'patient_bolus = { dose = "0.05 mg", duration = "5 min", lockout = "4 h", '
                "max_per_day = 3 }\n"
            )
            events.append((day + part, "10:40:00", program))
        for week in range(6):
            score = f'type = "observe"\nscale = "nrs"\nvalue = {(visit + week) % 8}\n'
            events.append((day + week * 10 + 1, "09:00:00", score))
    blocks = [
        f"[[events]]\ntime = {(START + timedelta(day)).isoformat()}T{clock}\n{text}"
        for day, clock, text in sorted(events)
    ]
    return _HEAD + "\n".join(blocks)
