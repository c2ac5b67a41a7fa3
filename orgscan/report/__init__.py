"""The report formats, one module each, behind `interface.py`."""
