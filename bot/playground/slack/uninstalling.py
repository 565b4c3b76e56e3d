"""The end of an installation: the app is told as the last thing it hears."""

from bot.playground.slack.workspace import Workspace


def revoke(workspace: Workspace, token: str) -> None:
    """Revoke one of the bot's tokens; with the last one the app is uninstalled."""
    if workspace.installation.alive() == [token]:
        uninstall(workspace)
    else:
        _tell_revoked(workspace)
    workspace.installation.revoke(token)


def uninstall(workspace: Workspace) -> None:
    """Take the app out of the workspace: its tokens are dead, its commands and buttons lead nowhere."""
    _tell_revoked(workspace)
    workspace.emit({"type": "app_uninstalled", "event_ts": workspace.ids.ts()}, None)
    workspace.installation.end()
    workspace.changes.happened()


def _tell_revoked(workspace: Workspace) -> None:
    tokens = {"oauth": [], "bot": [workspace.world.bot_user]}
    workspace.emit({"type": "tokens_revoked", "tokens": tokens, "event_ts": workspace.ids.ts()}, None)
