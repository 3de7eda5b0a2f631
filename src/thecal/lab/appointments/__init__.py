"""The optimiser of the clinic's calendar: a mixed-integer linear problem solved by HiGHS."""
