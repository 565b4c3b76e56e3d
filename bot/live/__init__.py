"""Live messages: kept up to date in place for as long as the incident lives."""
