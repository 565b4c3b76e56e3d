"""The edge to a forge, GitHub or GitLab: whether a pull or merge request that a person linked was merged.

Only the hosts in the settings are asked, no redirect is followed, and answers are bounded while they are read.
"""

from bot.forge.client import Forge

__all__ = ["Forge"]
