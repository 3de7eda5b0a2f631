"""thecal: research and training software for intrathecal drug delivery. Not for patient care."""

__version__ = "0.1.0"
BANNER = "thecal is research and training software. It is not for patient care."
