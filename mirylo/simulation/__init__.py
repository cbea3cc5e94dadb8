"""Makes a synthetic country to try things on, the same each time for the same seed."""
