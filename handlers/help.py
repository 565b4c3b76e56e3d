"""`/replay help` and `/resolve help`: how to use them."""

import re

from handlers.words import ABOUT, HELP, Typed, Understood, help_for, subcommand

_PHRASES = re.compile(r"h|hilfe|usage|commands|how|man")


def _declare(command: str) -> None:
    @subcommand(HELP, command=command, help="how to use it", phrases=_PHRASES)
    def help_(typed: Typed) -> Understood:
        return Understood(None, help_for(typed.reply.where, command))


for _command in ABOUT:
    _declare(_command)
