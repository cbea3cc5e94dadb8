"""The interface for information systems: events in, registers, cases and values out."""
