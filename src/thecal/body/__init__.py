"""The body that the drug spreads through: spinal canal, cord, epidural space, head, plasma, effect.

Floats begin here. Inside this room lengths are cm, volumes mL, times hours, masses micrograms,
concentrations micrograms per mL, unless a name says otherwise. `docs/model.md` has the equations.
"""
