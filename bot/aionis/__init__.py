"""The edge to Aionis: the only importer of httpx besides the playground."""

from bot.aionis.answers import Answer
from bot.aionis.client import MOST_DECISIONS, RULE_LIMIT, Aionis
from bot.aionis.transport import AionisTransport

__all__ = ["MOST_DECISIONS", "RULE_LIMIT", "Aionis", "AionisTransport", "Answer"]
