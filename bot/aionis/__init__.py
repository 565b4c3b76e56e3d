"""The edge to Aionis: the only importer of httpx besides the playground."""

from bot.aionis.client import Aionis, Answer
from bot.aionis.transport import AionisTransport

__all__ = ["Aionis", "AionisTransport", "Answer"]
