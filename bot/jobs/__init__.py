"""What runs after the ack, on any worker: fetch → think → render → post → record. Every job may run twice; it posts once."""
