"""Takes events in from connected systems, keeps them durably and answers for every line."""
