"""Whether two failures are the same one: fingerprints, what people decide about them, the last good run, and the gate."""
