"""What a workspace's admins do, and what Slack does by itself: channels, members, people, the app's permissions."""

from bot.playground.slack.membership import leave, renumber
from bot.playground.slack.messages import Message
from bot.playground.slack.uninstalling import uninstall
from bot.playground.slack.workspace import Workspace
from bot.playground.slack.world import Channel

ACME = "T0AACME001"


class Admin:
    """Changes from above. Channels and people are named by id or name; KeyError for those that are not there."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    # channels

    def archive(self, channel: str) -> None:
        """Archive a channel: nobody posts there any more (`is_archived`)."""
        self._archived(self._channel(channel), now=True)

    def unarchive(self, channel: str) -> None:
        """Open an archived channel again."""
        self._archived(self._channel(channel), now=False)

    def restrict(self, channel: str, code: str = "restricted_action") -> None:
        """Keep the bot from posting, with one of Slack's `restricted_action*` codes; an empty code lifts it.

        `restricted_action_thread_only_channel` refuses only what is no reply, `restricted_action_non_threadable_channel`
        only replies.
        """
        self._channel(channel).restriction = code

    def remove(self, channel: str, user: str) -> bool:
        """Take a member (the bot, too) out of a channel; False for somebody who is not in it."""
        return leave(self._workspace, self._channel(channel), self._workspace.world.user(user).id)

    def share(self, channel: str, team_id: str = ACME) -> None:
        """Connect a channel with another company's workspace (Slack Connect), as an accepted invitation does."""
        shared = self._channel(channel)
        shared.is_ext_shared = True
        self._workspace.show_channel(shared)
        self._emit({"type": "shared_channel_invite_accepted", **self._invitation(shared, team_id)}, shared)
        self._emit({"type": "channel_shared", "connected_team_id": team_id, "channel": shared.id}, shared)

    def unshare(self, channel: str, team_id: str = ACME) -> None:
        """End the connection with another company."""
        shared = self._channel(channel)
        shared.is_ext_shared = False
        self._workspace.show_channel(shared)
        event = {"type": "channel_unshared", "previously_connected_team_id": team_id, "channel": shared.id}
        self._emit(event | {"is_ext_shared": False}, shared)

    def change_id(self, channel: str) -> str:
        """Give a channel a new id, as converting or sharing one may do; the old id is `channel_not_found`. Returns the new."""
        moved = self._channel(channel)
        old = moved.id
        renumber(self._workspace, moved)
        self._emit({"type": "channel_id_changed", "old_channel_id": old, "new_channel_id": moved.id}, moved)
        return moved.id

    # messages and people

    def delete_message(self, channel: str, ts: str) -> None:
        """Delete anybody's message, the bot's included; LookupError if there is none."""
        message: Message | None = self._workspace.messages.find(self._channel(channel).id, ts)
        if message is None:
            raise LookupError(f"there is no message {ts} in {channel}")
        self._workspace.delete(message)

    def deactivate(self, user: str) -> None:
        """Deactivate somebody's account: they do nothing any more, and leave every channel."""
        person = self._workspace.world.user(user)
        person.is_deleted = True
        for channel in list(self._workspace.world.channels.values()):
            if not channel.is_im:
                leave(self._workspace, channel, person.id)

    def hide_user(self, user: str) -> None:
        """Let the Web API know this person no longer (`user_not_found`), who still does what people do."""
        self._workspace.hidden_users.add(self._workspace.world.user(user).id)

    # the app

    def revoke_scopes(self, *scopes: str) -> None:
        """Take scopes away from what the bot's token was granted: `missing_scope`, and the header `x-oauth-scopes`."""
        installation = self._workspace.installation
        installation.scopes = [scope for scope in installation.scopes if scope not in scopes]

    def grant_scopes(self, *scopes: str) -> None:
        """Grant scopes, whatever the manifest asks for."""
        installation = self._workspace.installation
        installation.scopes = list(dict.fromkeys((*installation.scopes, *scopes)))

    def uninstall(self) -> None:
        """Take the app out of the workspace: `account_inactive` for its tokens, `tokens_revoked` and `app_uninstalled`."""
        uninstall(self._workspace)

    def expire_tokens(self) -> None:
        """Let the bot's tokens be too old (`token_expired`), those that never expire excepted."""
        self._workspace.installation.expire()

    def _channel(self, channel: str) -> Channel:
        return self._workspace.world.channel(channel)

    def _archived(self, channel: Channel, *, now: bool) -> None:
        if channel.is_archived == now:
            return
        channel.is_archived = now
        self._workspace.show_channel(channel)
        name = f"{'group' if channel.is_private else 'channel'}_{'archive' if now else 'unarchive'}"
        self._emit({"type": name, "channel": channel.id, "user": channel.creator}, channel)

    def _invitation(self, channel: Channel, team_id: str) -> dict[str, object]:
        world = self._workspace.world
        home = {"id": world.team.id, "name": world.team.name, "domain": world.team.domain, "is_verified": False}
        invited = {"id": team_id, "name": team_id, "domain": team_id.lower(), "is_verified": False}
        inviter = world.users[channel.creator]
        return {
            "approval_required": False,
            "invite": {
                "id": self._workspace.ids.new("I"),
                "date_created": int(self._workspace.clock()),
                "inviting_team": home,
                "inviting_user": {"id": inviter.id, "team_id": inviter.team_id, "name": inviter.name},
            },
            "channel": {"id": channel.id, "is_private": channel.is_private, "is_im": False, "name": channel.name},
            "teams_in_channel": [home, invited],
        }

    def _emit(self, event: dict[str, object], channel: Channel) -> None:
        self._workspace.emit(event | {"event_ts": self._workspace.ids.ts()}, channel)
