"""`python -m benchmarks [name …]`: measure, print a table, write JSON. Exit code 0 whatever is missed."""

import argparse
import signal
import sys
from collections.abc import Callable
from types import FrameType

from benchmarks import (
    ack,
    capacity,
    clicks,
    compare,
    cost,
    figures,
    growth,
    lasting,
    pictures,
    posted,
    recurrence,
    startup,
    steps,
    throughput,
)
from benchmarks.figures import Figure
from benchmarks.processes import Bench, BenchmarkError, open_bench

BENCHMARKS: dict[str, Callable[[Bench, Callable[[str], None]], list[Figure]]] = {
    "startup": startup.measure,
    "steps": steps.measure,
    "pictures": pictures.measure,
    "compare": compare.measure,
    "recurrence": recurrence.measure,
    "posted": posted.measure,
    "ack": ack.measure,
    "clicks": clicks.measure,
    "capacity": capacity.measure,
    "cost": cost.measure,
    "growth": growth.measure,
    "lasting": lasting.measure,
    "throughput": throughput.measure,
}
_BUSY = 0.5  # load average from which something else is running


def main() -> None:
    """Run what is asked for, or everything."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="name", help=f"one of {', '.join(BENCHMARKS)}; none: all")
    names = parser.parse_args().names or list(BENCHMARKS)
    if unknown := set(names) - set(BENCHMARKS):
        parser.error(f"unknown: {', '.join(sorted(unknown))}; known: {', '.join(BENCHMARKS)}")
    signal.signal(signal.SIGTERM, _leave)
    on = figures.machine()
    say(_machine_words(on))
    measured: list[Figure] = []
    with open_bench() as bench:
        for name in names:
            say(f"\n[{name}] {sys.modules[BENCHMARKS[name].__module__].__doc__}")
            try:
                measured += BENCHMARKS[name](bench, say)
            except BenchmarkError as error:
                say(f"[{name}] NOT MEASURED: {error}")
    path = figures.save("-".join(sorted(names)), measured, on)
    say(f"\n{figures.table(measured)}\n\n{figures.verdict(measured)}")
    say(f"\nWritten to benchmarks/results/{path.name}.")


def say(text: str) -> None:
    """Print a line at once."""
    print(text, flush=True)


def _machine_words(on: dict[str, str | int | float]) -> str:
    words = f"Python {on['python']} on {on['system']} {on['architecture']}, {on['cores']} cores."
    if int(on["cores"]) < 5:
        words += (
            "\nThe load, the bot, its worker, Valkey and the fakes of Slack and Aionis are processes of their own "
            "and share these cores: absolute numbers are lower than on a larger machine."
        )
    if float(on["load_average"]) > _BUSY:
        words += f"\nSomething else is running (load average {on['load_average']}): expect noise."
    return words


def _leave(_number: int, _frame: FrameType | None) -> None:
    raise SystemExit(143)  # so that every process started here is ended on the way out


if __name__ == "__main__":
    main()
