"""Runs indicators over facts: the only place that knows SQL."""
