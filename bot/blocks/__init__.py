"""Pure rendering: typed models in, Block Kit out. No I/O, no clock, no settings."""
