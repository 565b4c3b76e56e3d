"""Measurements of the bot: each figure is a ratio within one run, so that it means the same on any machine."""
