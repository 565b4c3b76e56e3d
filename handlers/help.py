"""`/replay help` and `/resolve help`: how to use them."""

import re

from bot.domain.run.record_references import clean
from handlers.words import ABOUT, HELP, Typed, Understood, help_for, help_on, subcommand, word_of

_PHRASES = re.compile(r"h|hilfe|usage|commands|how|man")


def _declare(command: str) -> None:
    @subcommand(HELP, command=command, help="how to use it", phrases=_PHRASES)
    def help_(typed: Typed) -> Understood:
        asked_about = word_of(command, clean(typed.text).lower() or HELP)
        answer = (
            help_on(typed.reply.where, asked_about)
            if asked_about and asked_about.word != HELP
            else help_for(typed.reply.where, command)
        )
        return Understood(None, answer)


for _command in ABOUT:
    _declare(_command)
