"""Whether everything the bot needs answers, and is set up as it should be: every check runs, whatever the others find."""

from bot.doctor.examine import examine
from bot.doctor.finding import Finding, Level

__all__ = ["Finding", "Level", "examine"]
