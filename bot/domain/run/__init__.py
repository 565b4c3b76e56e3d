"""A run as Aionis records it, and what we conclude from it."""
