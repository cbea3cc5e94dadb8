"""Who sees it: the pages for everyone and the interface for information systems."""
