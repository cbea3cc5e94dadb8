"""Settings of the web application, its addresses, and the way a server starts it."""
