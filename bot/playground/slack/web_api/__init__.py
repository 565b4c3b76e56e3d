"""Slack's Web API over the workspace's state; one module for each family of methods."""
