"""What is true: registers, events, cases and indicators as the database keeps them, without any page or request."""
