"""The app's manifest against the schema that Slack publishes. It knows names and lengths, not which scopes and events exist."""

import asyncio
import json
from pathlib import Path
from typing import Any

import aiohttp

from bot.config.manifest import load_manifest
from bot.doctor.finding import DoctorFinding, fine, problem, warning
from bot.domain.text.why_away import why

SCHEMA = "https://raw.githubusercontent.com/slackapi/manifest-schema/main/schemas/manifest.schema.2.0.0.json"
NAME = "Manifest"
_WITHIN = aiohttp.ClientTimeout(total=5)  # seconds
_MOST_BYTES = 2**20
_SHOWN = 5


async def examine_manifest(schema: str) -> list[DoctorFinding]:
    """Compare manifest.yml with a schema, by its URL or file."""
    try:
        known = json.loads(await _read(schema))
        wrong = _violations(known, load_manifest())
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError, RecursionError) as error:
        advice = "Where this machine may not reach it, bring the file and name it with --manifest-schema."
        return [warning(NAME, f"NOT compared with Slack's schema: {schema} ({why(error)})", advice)]
    if not wrong:
        return [fine(NAME, "manifest.yml is as Slack's schema wants it")]
    advice = "Mend manifest.yml before it is given to Slack, which refuses it as it is."
    return [problem(NAME, one, advice) for one in wrong[:_SHOWN]]


async def _read(schema: str) -> bytes:
    if not schema.startswith(("https://", "http://")):
        return await asyncio.to_thread(_read_file, Path(schema))
    body = bytearray()
    async with aiohttp.ClientSession(timeout=_WITHIN, raise_for_status=True) as session, session.get(schema) as answer:
        async for piece in answer.content.iter_any():  # one read gives what has come so far, and no more
            body += piece
            if len(body) > _MOST_BYTES:
                raise ValueError("larger than any schema")
    return bytes(body)


def _read_file(path: Path) -> bytes:
    if path.exists() and not path.is_file():  # reading a pipe or a device may never end
        raise ValueError("no file")
    with path.open("rb") as file:
        return file.read(_MOST_BYTES)


def _violations(schema: Any, manifest: dict[str, Any]) -> list[str]:
    from jsonschema import Draft7Validator  # noqa: PLC0415 0.1 s, for the doctor alone
    from jsonschema.exceptions import SchemaError  # noqa: PLC0415 as above

    try:
        Draft7Validator.check_schema(schema)
    except SchemaError as error:
        raise ValueError("no JSON Schema") from error
    found = sorted(Draft7Validator(schema).iter_errors(manifest), key=lambda error: list(map(str, error.path)))
    return [f"{'.'.join(map(str, error.path)) or 'manifest.yml'}: {error.message[:200]}" for error in found]
