"""The pure core: records, diagnosis and redaction. No I/O, no clock, no settings."""
