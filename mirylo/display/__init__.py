"""Shows numbers to people: figures, dates and plurals in two languages, the ruler, charts, tables and pages."""
