"""Appointments for refills: when, who is called before it is too late, and the clinic's calendar.

An appointment after the refill-by time is refused, an interval that no source tells is questioned
(`booking`); calls rise as the date comes near (`contacts`); who is at more risk comes earlier
(`risk`). `opening` is what a clinic offers, `needs` who has to come when, `first_come` the plan
that people make as they leave, `plan` what a plan comes to. The optimiser stands in
`thecal.lab.appointments`.
"""
