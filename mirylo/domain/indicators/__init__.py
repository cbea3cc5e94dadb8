"""Values of indicators, computed again whenever the facts changed."""
