"""`/replay help` and `/resolve help`: how to use them."""

from handlers.words import ABOUT, HELP, Typed, Understood, help_for, subcommand


def _declare(command: str) -> None:
    @subcommand(HELP, command=command, help="how to use it")
    def help_(typed: Typed) -> Understood:
        return Understood(None, help_for(typed.reply.where, command))


for _command in ABOUT:
    _declare(_command)
