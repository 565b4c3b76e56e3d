"""The bundle's reports for people, from the log and the kept answers alone."""

from bot.report.bundling import bundle_of, fitting, gate_of_incident

__all__ = ["bundle_of", "fitting", "gate_of_incident"]
