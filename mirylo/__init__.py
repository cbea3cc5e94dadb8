"""Mirylo measures the quality of administrative services, from an event at a window to a published indicator."""

__version__ = "0.1.0"
