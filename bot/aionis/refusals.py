"""From an HTTP failure to the exception a person is told (Aionis contract, section 8; all four envelopes are accepted)."""

import math
import re
from collections.abc import Mapping
from typing import Any

from bot import errors
from bot.domain.text.json_text import read_json

_NOT_VISIBLE_CODES = {"node_not_found_in_scope_or_visibility"}
_RUN_CODES = {"replay_run_not_found", "not_found"}
_WHAT_LIMIT = 300
_ISSUES = 10
_LONGEST_WAIT = 86_400.0  # seconds; whoever asks for more is not waited for anyway
_SECONDS = re.compile(r"[0-9]+")


def parse_body(body: bytes) -> dict[str, Any]:
    """Return an error answer's JSON object, or an empty one where a proxy sent something else."""
    try:
        parsed = read_json(body)
    except ValueError:
        return {}
    if not isinstance(parsed, dict):
        return {}
    nested = parsed.get("error")
    if isinstance(nested, dict):  # the tutorial's form; Aionis' own has the code right there
        return {**parsed, "error": nested.get("code"), "message": nested.get("message")}
    return parsed


def retry_after_seconds(headers: Mapping[str, str], body: Mapping[str, Any]) -> float | None:
    """Return the wait that a 429 asks for, in seconds: `details.retry_after_ms`, else `retry-after`."""
    details = body.get("details")
    milliseconds = details.get("retry_after_ms") if isinstance(details, dict) else None
    # The body's is the finer one: the header is rounded up to whole seconds.
    if isinstance(milliseconds, int | float) and milliseconds >= 0:
        return min(milliseconds, _LONGEST_WAIT * 1000) / 1000
    header = headers.get("retry-after", "")
    return min(float(header), _LONGEST_WAIT) if _SECONDS.fullmatch(header) else None


def to_error(
    status: int, headers: Mapping[str, str], body: bytes, *, subject: str, request_id: str
) -> errors.AionisError:
    """Return the exception for a non-200 answer. `subject` names what was asked for, as in "run 3d18…"."""
    parsed = parse_body(body)
    said = _said(parsed)
    if status == 404:
        return _not_found(parsed, subject, request_id)
    if status == 429:
        wait = retry_after_seconds(headers, parsed)
        fix = f"Aionis asks to wait: try again in {max(1, math.ceil(wait))} s." if wait is not None else None
        what = "Aionis is limiting the bot's requests."
        return errors.RateLimited(what, fix=fix, request_id=request_id, retry_after=wait)
    error, what = {
        400: (errors.BadRequest, f"Aionis refused the request for {subject}: {said}."),
        401: (errors.Unauthorized, "Aionis does not accept the bot's credential."),
        403: (errors.IdentityMismatch, f"Aionis refused the bot's identity: {said}."),
        501: (errors.Unsupported, f"This edition of Aionis does not support that: {said}."),
    }.get(status, (errors.ServerError, f"Aionis answered HTTP {status}: {said}."))
    return error(what, request_id=request_id)


def _not_found(parsed: Mapping[str, Any], subject: str, request_id: str) -> errors.AionisError:
    code = parsed.get("error")
    # The web framework's own 404 has prose for a code: the route is missing, not the record.
    if not isinstance(code, str) or code == "Not Found" or "statusCode" in parsed:
        return errors.RouteMissing(
            f"This Aionis does not offer the call for {subject} (HTTP 404 without an error code).",
            request_id=request_id,
        )
    if code in _NOT_VISIBLE_CODES:
        return errors.NotVisible(f"Aionis has no {subject}, or the bot may not see it.", request_id=request_id)
    if code in _RUN_CODES:
        return errors.RunNotFound(f"Aionis has no {subject}, or the bot may not see it.", request_id=request_id)
    return errors.RecordNotFound(f"Aionis has no {subject}.", request_id=request_id)


def _said(parsed: Mapping[str, Any]) -> str:
    """Return the server's own words, bounded: the fields it complains about, else its message, else its code."""
    issues = parsed.get("issues")
    if isinstance(issues, list) and issues:
        words = "; ".join(
            f"{_word(issue.get('path')) or 'body'}: {_word(issue.get('message')) or 'refused'}"
            for issue in issues[:_ISSUES]
            if isinstance(issue, dict)
        )
    else:
        words = _word(parsed.get("message")) or _word(parsed.get("error"))
    return words[:_WHAT_LIMIT].rstrip(". ") or "no reason given"


def _word(value: object) -> str:
    """Return a value that should be a short text, "" where it is of another kind: a deep one cannot even be printed."""
    if isinstance(value, list):
        return ".".join(filter(None, (_word(part) for part in value[:_ISSUES] if not isinstance(part, list))))
    return value[:_WHAT_LIMIT] if isinstance(value, str) else str(value) if isinstance(value, int) else ""
