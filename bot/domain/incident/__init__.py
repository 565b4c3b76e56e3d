"""An incident: its log, the state folded from it, and all that is derived from both."""
