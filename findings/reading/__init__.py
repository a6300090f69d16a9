"""Reads published inspection reports. Pure Python: documents in, frozen values out, no Django, no rows."""
