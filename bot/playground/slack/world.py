"""Who and what is in the workspace before anything happens."""

from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Team:
    """Workspace, as `team.info` tells it."""

    id: str
    name: str
    domain: str


@dataclass(frozen=True, slots=True)
class Enterprise:
    """Organisation that workspaces belong to (Enterprise Grid)."""

    id: str
    name: str
    domain: str = ""


@dataclass(slots=True)
class User:
    """Person or bot. `tz` is an IANA name; `team_id` differs from the workspace's for people of a connected company.

    In an organisation it may name another of its workspaces, or the organisation: `enterprise_id` makes them colleagues.
    """

    id: str
    name: str
    real_name: str
    tz: str = "UTC"
    color: str = "5b6770"
    is_bot: bool = False
    is_guest: bool = False
    is_deleted: bool = False
    team_id: str = ""
    enterprise_id: str = ""


@dataclass(slots=True)
class Channel:
    """Conversation. `is_im` marks a direct message with the bot, `is_mpim` one of several people; `members` are user ids.

    `restriction` is the error that keeps the bot from posting, such as `restricted_action`.
    """

    id: str
    name: str
    members: list[str] = field(default_factory=list)
    is_private: bool = False
    is_ext_shared: bool = False
    is_im: bool = False
    is_mpim: bool = False
    is_archived: bool = False
    restriction: str = ""
    topic: str = ""
    purpose: str = ""
    creator: str = ""

    @property
    def kind(self) -> str:
        """Scope family: `channels`, `groups`, `im` or `mpim`."""
        if self.is_im or self.is_mpim:
            return "im" if self.is_im else "mpim"
        return "groups" if self.is_private else "channels"

    @property
    def event_kind(self) -> str:
        """`channel_type` in message events."""
        return {"im": "im", "mpim": "mpim", "groups": "group", "channels": "channel"}[self.kind]

    @property
    def shown_name(self) -> str:
        """`channel_name` in commands and interactions, where Slack hides the names of private conversations."""
        return {"im": "directmessage", "groups": "privategroup"}.get(self.kind, self.name)


@dataclass(slots=True)
class World:
    """Everything that exists from the start; `bot_user` is the user id of the app's bot."""

    team: Team
    users: dict[str, User]
    channels: dict[str, Channel]
    bot_user: str
    usergroups: dict[str, list[str]] = field(default_factory=dict)
    enterprise: Enterprise | None = None

    def sees(self, user: str, channel: Channel) -> bool:
        """Whether this person finds the conversation at all. Guests and other companies find only what they are in."""
        known = self.users[user]
        at_home = self.is_colleague(known) and not known.is_guest
        return user in channel.members or (at_home and channel.kind == "channels")

    def is_colleague(self, user: User) -> bool:
        """Whether this is somebody of the workspace, or of its organisation."""
        same_organisation = self.enterprise is not None and user.enterprise_id == self.enterprise.id
        return user.team_id == self.team.id or same_organisation

    def user(self, name_or_id: str) -> User:
        """Find a user by id or handle; KeyError if there is none."""
        found = self.users.get(name_or_id) or next((u for u in self.users.values() if u.name == name_or_id), None)
        if found is None:
            raise KeyError(name_or_id)
        return found

    def channel(self, name_or_id: str) -> Channel:
        """Find a channel by id or name (with or without `#`); KeyError if there is none."""
        wanted = name_or_id.removeprefix("#")
        found = self.channels.get(wanted) or next((c for c in self.channels.values() if c.name == wanted), None)
        if found is None:
            raise KeyError(name_or_id)
        return found

    def people(self) -> Iterator[User]:
        """Everyone who is not a bot."""
        return (user for user in self.users.values() if not user.is_bot)


MAYA, JONAS, RAVI, ERIN, BOT = "U0AMAYA001", "U0AJONAS01", "U0ARAVI001", "U0AERIN001", "U0ABOT0001"
INCIDENTS, REFUNDS, RANDOM = "C0AINCDNT1", "C0AREFUND1", "C0ARANDOM1"
LEADERS, WAR_ROOM, SHARED, MAYA_DM = "C0ALEADER1", "C0AWARROOM", "C0ASHARED1", "D0AMAYABOT"


def default_world() -> World:
    """Build a fresh workspace: Maya is on call, Jonas her colleague, Ravi a guest, Erin from a connected company.

    The bot is in `#incidents`, `#inc-refunds`, the private `#war-room`, the shared `#acme-shared` and its direct message
    with Maya. It is not in the public `#random` nor in the private `#leadership`.
    """
    team = Team("T0ALOCAL01", "Local Workspace", "local-workspace")
    users = [
        User(MAYA, "maya", "Maya Chen", "America/Los_Angeles", "9f69e7"),
        User(JONAS, "jonas", "Jonas Weber", "Europe/Berlin", "4bbe2e"),
        User(RAVI, "ravi", "Ravi Patel", "Asia/Kolkata", "e7392d", is_guest=True),
        User(ERIN, "erin", "Erin Walsh (Acme)", "Europe/Dublin", "3c989f", team_id="T0AACME001"),
        User(BOT, "bot", "Bot", "America/Los_Angeles", "7c1d2c", is_bot=True),
    ]
    for user in users:
        user.team_id = user.team_id or team.id
    channels = [
        Channel(INCIDENTS, "incidents", [MAYA, JONAS, RAVI, BOT], topic="Anything on fire", creator=MAYA),
        Channel(REFUNDS, "inc-refunds", [MAYA, JONAS, BOT], topic="Refund agent", creator=JONAS),
        Channel(RANDOM, "random", [MAYA, JONAS], topic="Anything else", creator=JONAS),
        Channel(LEADERS, "leadership", [MAYA, JONAS], is_private=True, creator=MAYA),
        Channel(WAR_ROOM, "war-room", [MAYA, JONAS, BOT], is_private=True, topic="Sev 1", creator=MAYA),
        Channel(SHARED, "acme-shared", [MAYA, ERIN, BOT], is_ext_shared=True, topic="With Acme", creator=MAYA),
        Channel(MAYA_DM, MAYA, [MAYA, BOT], is_im=True, creator=MAYA),
    ]
    return World(team, {u.id: u for u in users}, {c.id: c for c in channels}, BOT, {"S0AONCALL1": [MAYA, JONAS]})


ACME_TEAM, ACME_BOT, OLGA, ACME_OUTAGES = "T0AACME001", "U0ABOT0002", "U0AOLGA001", INCIDENTS


def acme_world() -> World:
    """Build a second workspace, that of the company Acme: Olga and Erin, in a channel whose id the first one uses, too."""
    team = Team(ACME_TEAM, "Acme", "acme")
    users = [
        User(OLGA, "olga", "Olga Petrova", "Europe/Sofia", "4bbe2e", team_id=team.id),
        User(ERIN, "erin", "Erin Walsh", "Europe/Dublin", "3c989f", team_id=team.id),
        User(ACME_BOT, "bot", "Bot", "Europe/Dublin", "7c1d2c", is_bot=True, team_id=team.id),
    ]
    channels = [Channel(ACME_OUTAGES, "outages", [OLGA, ERIN, ACME_BOT], topic="Down", creator=OLGA)]
    return World(team, {u.id: u for u in users}, {c.id: c for c in channels}, ACME_BOT)
