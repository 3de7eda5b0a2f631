"""Stop the set-up early, in plain words, where the Python is too old or has no venv."""

import sys

if sys.version_info < (3, 11):
    found = ".".join(str(part) for part in sys.version_info[:3])
    sys.exit(
        f"thecal needs Python 3.11 or later, this is {found}: run make PYTHON=/path/to/python3.11"
    )
try:
    import ensurepip  # noqa: F401
    import venv  # noqa: F401
except ImportError:
    sys.exit("this Python has no venv module: install it (on Debian the package python3-venv)")
