"""What is typed at the visit of an implant, for tests of its pages and for its flows."""

from __future__ import annotations

BEFORE = {
    "imaging": "reviewed",
    "weight": "82",
    "opioid_tolerant": "yes",
    "indication": "failed-back-surgery-syndrome",
}
IDENTIFIED = ("name", "birth-date")
PUMP = {
    "pump_model": "synchromed-ii-20",
    "read_in_pack": "yes",
    "warmed": "yes",
    "shipped_expected": "20",
    "shipped_drained": "19",
}
CATHETER = {
    "segments.1.catheter": "ascenda-8780",
    "segments.1.supplied": "114",
    "segments.1.trimmed": "38",
    "entry_level": "L3",
    "tip_level": "T10",
    "tip_side": "left",
    "access_port": "yes",
    "anchor": "as supplied",
    "csf_return": "yes",
}
OPERATION = {
    "pocket_site": "abdomen",
    "pocket_side": "left",
    "anaesthesia": "general",
    "antibiotic": "cefazolin 2 g",
    "duration": "80",
    "duration.unit": "min",
    "complications": "none",
    "images": "tip seen at T10 on the image intensifier",
}
FILL = {
    "mixture.drug1": "morphine",
    "mixture.concentration1": "1",
    "mixture.concentration1.unit": "mg/mL",
    "fill_volume": "20",
    "fill_lot": "L-77",
    "primary": "morphine",
    "label_reading": "scanned",
    "received": "20",
}
PROGRAM = {"daily_dose": "0.5"}
