"""The pages that everyone may open."""
