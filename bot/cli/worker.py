"""`incident-bot worker`: jobs only."""

from bot.cli.quick_start import quick_start
from bot.cli.running import configure_logs, run, settings_of


def worker() -> None:
    """Run jobs only, beside one or more `serve` processes on the same Redis."""
    settings = settings_of()
    with quick_start():
        configure_logs(settings)
        import uvloop  # noqa: PLC0415

        from bot.runtime.server import work  # noqa: PLC0415

    run(work(settings), by=uvloop.run)
