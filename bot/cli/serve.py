"""`incident-bot serve`: the bot."""

from bot.cli.quick_start import quick_start
from bot.cli.running import configure_logs, run, settings_of


def serve() -> None:
    """Run the bot: Slack's requests in, a worker inside. Settings come from the environment and .env."""
    settings = settings_of()
    with quick_start():
        configure_logs(settings)
        import uvloop  # noqa: PLC0415

        from bot.runtime.server import serve as serve_bot  # noqa: PLC0415

    run(serve_bot(settings), by=uvloop.run)
