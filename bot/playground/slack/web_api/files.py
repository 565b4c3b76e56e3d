"""`files.*`."""

from typing import Any

from bot.playground.slack.errors import SlackError, invalid_arguments
from bot.playground.slack.files import File, Share
from bot.playground.slack.web_api.access import thread_in, visible_channel, writable_channel
from bot.playground.slack.web_api.call import Args, method
from bot.playground.slack.workspace import Workspace
from bot.playground.slack.world import Channel

Json = dict[str, Any]
LARGEST = 1024**3


@method("files.getUploadURLExternal", "files:write", tier=4)
def get_upload_url(workspace: Workspace, args: Args) -> Json:
    """Announce a file; the answer says where its bytes go."""
    name, length = args.required("filename"), args.integer("length", 0)
    if length <= 0:
        raise invalid_arguments("must be greater than 0 [json-pointer:/length]")
    if length > LARGEST:
        raise SlackError("file_upload_size_restricted")
    file = File(
        workspace.ids.new("F"),
        name,
        length,
        workspace.world.bot_user,
        workspace.world.team.id,
        int(workspace.clock()),
        workspace.files.new_token(),
        alt_text=args.text("alt_txt"),
    )
    workspace.files.add(file)
    return {"upload_url": f"{workspace.base_url}/upload/{file.token}", "file_id": file.id}


@method("files.completeUploadExternal", "files:write", tier=4)
def complete_upload(workspace: Workspace, args: Args) -> Json:
    """Finish uploads, and share them in a channel or thread if one is given."""
    files = [_arrived(workspace, entry) for entry in _entries(args)]
    wanted = args.listed("channel_id") or args.listed("channels")
    places = [_place(workspace, channel, args) for channel in wanted]
    for file in files:
        file.complete(workspace.clock())
    for channel, root in places:
        _share(workspace, files, channel, root, args.text("initial_comment"))
    workspace.changes.happened()
    return {"files": [file.as_json(workspace.base_url) for file in files]}


@method("files.info", "files:read", tier=4)
def info(workspace: Workspace, args: Args) -> Json:
    """Tell about one file."""
    file = _completed(workspace, args.required("file"))
    processed = file.as_json(workspace.base_url) if workspace.is_processed(file) else _raw(workspace, file)
    return {"file": processed, "comments": [], "response_metadata": {"next_cursor": ""}}


@method("files.list", "files:read", tier=3)
def listed(workspace: Workspace, args: Args) -> Json:
    """List files, newest first, of a channel (`channel`), of somebody (`user`), or of a time (`ts_from`, `ts_to`)."""
    channel = visible_channel(workspace, args.text("channel")).id if "channel" in args else None
    user, start, end = args.text("user"), args.integer("ts_from", 0), args.integer("ts_to", 0)
    found = [
        file
        for file in reversed(workspace.files.by_id.values())
        if file.completed
        and channel in (None, *(share.channel for share in file.shares))
        and user in ("", file.user)
        and start <= file.created
        and (not end or file.created <= end)
    ]
    count, page = args.integer("count", 100), args.integer("page", 1)
    shown = found[(page - 1) * count : page * count]
    pages = max(1, -(-len(found) // count))
    return {
        "files": [file.as_json(workspace.base_url) for file in shown],
        "paging": {"count": count, "total": len(found), "page": page, "pages": pages},
    }


@method("files.delete", "files:write", tier=3)
def delete(workspace: Workspace, args: Args) -> Json:
    """Delete a file; the messages that showed it stay, without it."""
    file = _completed(workspace, args.required("file"))
    if file.user != workspace.world.bot_user:
        raise SlackError("cant_delete_file")
    del workspace.files.by_id[file.id]
    for channel in {share.channel for share in file.shares}:
        for message in list(workspace.messages.newest_first(channel)):
            if any(entry["id"] == file.id for entry in message.files):
                message.files = [entry for entry in message.files if entry["id"] != file.id]
                workspace.show(message)
    return {}


def _raw(workspace: Workspace, file: File) -> Json:
    """File that Slack has not looked into yet: it knows no type."""
    return file.as_json(workspace.base_url) | {"mimetype": "", "filetype": ""}


def _entries(args: Args) -> list[Json]:
    try:
        entries = args.json("files")
    except ValueError as error:
        raise invalid_arguments("failed to parse JSON [json-pointer:/files]") from error
    if not isinstance(entries, list) or not entries or not all(isinstance(e, dict) and "id" in e for e in entries):
        raise invalid_arguments("missing required field: files")
    return entries


def _arrived(workspace: Workspace, entry: Json) -> File:
    file = workspace.files.by_id.get(str(entry["id"]))
    if file is None or file.content is None or file.completed:
        raise SlackError("file_not_found")
    file.title = str(entry.get("title") or file.name)
    return file


def _completed(workspace: Workspace, file_id: str) -> File:
    file = workspace.files.by_id.get(file_id)
    if file is None or not file.completed:
        raise SlackError("file_not_found")
    return file


def _place(workspace: Workspace, wanted: str, args: Args) -> tuple[Channel, str | None]:
    channel = writable_channel(workspace, wanted, reply="thread_ts" in args)
    if "thread_ts" not in args:
        return channel, None
    try:
        return channel, thread_in(workspace, channel, args.text("thread_ts"))
    except SlackError as error:
        raise SlackError("invalid_thread_ts") from error


def _share(workspace: Workspace, files: list[File], channel: Channel, root: str | None, comment: str) -> None:
    message = workspace.bot_message(channel.id, comment)
    message.subtype, message.thread_ts = "file_share", root
    for file in files:
        file.shares.append(Share(channel.id, root, message.ts))
    message.files = [file.as_json(workspace.base_url) for file in files]
    workspace.post(message)
