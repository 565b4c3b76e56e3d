"""The evidence bundle: its files, its hashes, and checking them."""
