"""Cases and tickets folded from events, and the facts that are written of them."""
