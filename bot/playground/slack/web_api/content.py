"""What a message may hold: text, blocks, attachments, metadata. Shared by the Web API, acks and response URLs."""

import json
from dataclasses import dataclass
from typing import Any

from bot.playground.slack.blockkit import Path, Problem, as_kept, check_blocks, tables_problem, too_long
from bot.playground.slack.errors import SlackError
from bot.playground.slack.messages import Message
from bot.playground.slack.web_api.call import Args
from bot.playground.slack.workspace import Workspace

Json = dict[str, Any]
TEXT_CUT = 40_000
UPDATE_BYTES = 4_000
MOST_ATTACHMENTS = 100
METADATA_BYTES = 8_192


@dataclass(slots=True)
class Content:
    """Checked content; None means that the sender did not mention it."""

    text: str | None
    blocks: list[Json] | None
    attachments: list[Json] | None
    metadata: Json | None

    def put_on(self, message: Message) -> None:
        """Replace what the sender mentioned, and leave the rest as it is."""
        if self.text is not None:
            message.text = self.text
        if self.blocks is not None:
            message.blocks = self.blocks or None
        if self.attachments is not None:
            message.attachments = self.attachments or None
        if self.metadata is not None:
            message.metadata = self.metadata or None


def read_content(workspace: Workspace, args: Args) -> Content:
    """Check everything a message can hold; SlackError with Slack's code, `no_text` if there is nothing at all."""
    blocks = _blocks(args)
    if problems := file_problems(workspace, blocks, ("blocks",)):
        raise block_errors("invalid_blocks", problems)
    attachments = _attachments(args)
    text = args.text("text")[:TEXT_CUT] if "text" in args else None
    if not text and not blocks and not attachments:
        raise SlackError("no_text")
    kept = as_kept(blocks) if blocks is not None else None
    return Content(text, kept, attachments, _metadata(args))


def file_problems(workspace: Workspace, value: Any, path: Path) -> list[Problem]:
    """Find images of Slack's own files (`slack_file`) that are not there, or not processed yet."""
    if isinstance(value, list):
        return [found for index, entry in enumerate(value) for found in file_problems(workspace, entry, (*path, index))]
    if not isinstance(value, dict):
        return []
    found = [found for key, entry in value.items() for found in file_problems(workspace, entry, (*path, key))]
    wanted = value.get("slack_file")
    if isinstance(wanted, dict) and not _shown_file(workspace, wanted):
        found.append(Problem((*path, "slack_file"), "invalid slack file", {"type": "slack_file"}))
    return found


def _shown_file(workspace: Workspace, wanted: Json) -> bool:
    for file in workspace.files.by_id.values():
        if wanted.get("id") == file.id or wanted.get("url") in file.urls(workspace.base_url):
            return workspace.is_processed(file) and file.mimetype.startswith("image/")
    return False


def fits_update(text: str | None) -> None:
    """SlackError `msg_too_long`: `chat.update` takes 4,000 bytes of text, `chat.postMessage` many more."""
    if text and len(text.encode()) > UPDATE_BYTES:
        raise SlackError("msg_too_long")


def block_errors(code: str, problems: list[Problem]) -> SlackError:
    """Slack's answer to invalid blocks: each problem with its JSON pointer."""
    lines = [str(problem) for problem in problems]
    return SlackError(
        code, errors=[line.removeprefix("[ERROR] ") for line in lines], response_metadata={"messages": lines}
    )


def _blocks(args: Args) -> list[Json] | None:
    try:
        blocks = args.json("blocks")
    except ValueError as error:
        raise SlackError("invalid_blocks_format") from error
    if blocks is None:
        return None
    if not isinstance(blocks, list):
        raise SlackError("invalid_blocks_format")
    if problems := check_blocks(blocks):
        raise block_errors("invalid_blocks", problems)
    if table := tables_problem(blocks):
        raise SlackError("invalid_attachments", response_metadata={"messages": [f"[ERROR] {table}"]})
    if too_long(blocks):
        raise SlackError("msg_blocks_too_long")
    return blocks


def _attachments(args: Args) -> list[Json] | None:
    try:
        attachments = args.json("attachments")
    except ValueError as error:
        raise SlackError("invalid_attachments") from error
    if attachments is None:
        return None
    if not isinstance(attachments, list) or not all(isinstance(entry, dict) for entry in attachments):
        raise SlackError("invalid_attachments")
    if len(attachments) > MOST_ATTACHMENTS:
        raise SlackError("too_many_attachments")
    return [_attachment(entry, index) for index, entry in enumerate(attachments)]


def _attachment(entry: Json, index: int) -> Json:
    blocks = entry.get("blocks")
    if blocks is None:
        return {**entry, "id": index + 1}
    if problems := check_blocks(blocks, "message", ("attachments", index, "blocks")):
        raise block_errors("invalid_attachments", problems)
    return {**entry, "id": index + 1, "blocks": as_kept(blocks)}


def _metadata(args: Args) -> Json | None:
    try:
        metadata = args.json("metadata")
    except ValueError as error:
        raise SlackError("invalid_metadata_format") from error
    if metadata is None:
        return None
    if metadata == {}:
        return {}
    well_formed = (
        isinstance(metadata, dict)
        and isinstance(metadata.get("event_type"), str)
        and isinstance(metadata.get("event_payload"), dict)
        and bool(metadata["event_type"])
    )
    if not well_formed:
        raise SlackError("invalid_metadata_format")
    if len(json.dumps(metadata, separators=(",", ":")).encode()) > METADATA_BYTES:
        raise SlackError("metadata_too_large")
    return {"event_type": metadata["event_type"], "event_payload": metadata["event_payload"]}
