"""The methodology as data: what an indicator is, how it is read from a file, checked, and said aloud."""
