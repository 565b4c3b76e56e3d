"""What `serve` and `worker` import, and what they go without, seen from a process of its own."""

import subprocess
import sys

_STARTED = """
import gc, sys
from bot.cli.quick_start import quick_start
from bot.cli.running import configure_logs
from bot.config.settings import Settings
with quick_start():
    configure_logs(Settings(_env_file=None))
    import bot.runtime.server
    import handlers
    handlers.features()
    assert not gc.isenabled()
print([name for name in ("rich.console", "bot.pictures", "bot.report", "PIL", "yaml") if name in sys.modules])
import httpx, rich.console
import structlog
structlog.get_logger().error("went wrong", exc_info=ValueError("of a kind"))
"""


def test_a_server_starts_without_what_it_never_uses_and_writes_tracebacks_all_the_same() -> None:
    command = [sys.executable, "-c", _STARTED]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)  # noqa: S603 ours
    assert done.stdout.strip() == "[]"
    assert "ValueError: of a kind" in done.stderr
