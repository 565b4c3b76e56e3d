"""A Slack incident bot for AI agents whose runs are recorded by Aionis."""

__version__ = "0.1.0"
