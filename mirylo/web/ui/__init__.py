"""What all sites share: the language of a reader, templates, styles."""
