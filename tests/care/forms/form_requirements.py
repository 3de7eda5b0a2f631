"""What the workflow names: the ids of the forms, and the columns of its competency matrix."""

FORM_IDS = [*(f"F{number}" for number in range(1, 19)), "PE"]
SKILLS = [
    *("interrogate", "refill", "program-simple", "program-flex", "bridge", "patient-bolus"),
    *("access-port", "rotor-dye", "implant-assist", "trial", "emergency", "mri"),
    "compounding-check",
]
