"""What is no run id is answered with the command that was typed."""

import pytest
from typer.testing import CliRunner

from bot.cli import app


@pytest.mark.parametrize(
    "typed",
    [
        ["replay", "nonsense"],
        ["similar", "nonsense"],
        ["bisect", "nonsense"],
        ["compare", "nonsense", "nonsense"],
        ["gate", "--from", "nonsense"],
    ],
    ids=lambda typed: typed[0],
)
def test_the_hint_names_the_command_that_was_typed(typed: list[str]) -> None:
    environment = {"AIONIS_BASE_URL": "http://127.0.0.1:9", "AIONIS_SCOPE": "support", "COLUMNS": "200"}
    told = CliRunner().invoke(app, typed, env=environment)
    assert told.exit_code == 2, told.output
    assert f"Type `incident-bot {typed[0]} " in told.output.replace("\n", " ")
