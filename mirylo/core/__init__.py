"""The rules by which the quality of administrative services is measured: plain Python, no framework, no database."""
