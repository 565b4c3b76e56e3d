"""Masking of secrets in everything that leaves the bot: by key name, by shape, by what stands around them, by randomness.

UUIDs, hashes, Aionis URIs, tool names and numbers survive. A masked value says what it was, never any part of it. What cannot
be checked is not passed. docs/redaction.md tells what is masked; a team's own rules are read in `bot/config/redaction_rules.py`.
"""
