"""Reads the files that people really have and turns them into facts by a mapping."""
