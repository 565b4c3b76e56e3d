"""Whether everything the bot needs answers, and is set up as it should be: every check runs, whatever the others find."""

from bot.doctor.examine import examine
from bot.doctor.finding import DoctorFinding, Level

__all__ = ["DoctorFinding", "Level", "examine"]
