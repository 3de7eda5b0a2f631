"""What the drugs do: pain, spasticity, ventilation, tolerance, dependence and withdrawal.

Arrays have the shape (patients, times) on an even grid, and everything between two times is taken
as linear. `docs/model.md` has the equations (pkpd.md 3).
"""
