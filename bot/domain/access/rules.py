"""Who may do what, where: pure rules over what Slack says of people and channels."""

import re
import shlex
from dataclasses import dataclass
from fnmatch import fnmatchcase

from bot.domain.access.tenancy import Tenancy
from bot.domain.text.typed import BLANKS, LONGEST, UNSEEN, typed
from bot.errors import NotAllowed, Unbound, UsageError

BIND_FORM = "`/replay bind tenant=<tenant> scope=<scope>`"
AROUND = f" `«»{BLANKS}{UNSEEN}"  # what pasting leaves around what was typed
BIND_QUOTED = '`/replay bind tenant=<tenant> scope="<scope>"`, with quotes around what has blanks'
# What stands in quotes is kept as it is. `tenant : acme` is a pair, too; a comma or semicolon between two pairs is a blank.
_QUOTED = r"""("[^"]*"|'[^']*')"""
_NAMES = re.compile(rf"{_QUOTED}|(?<![^ ,;])(tenant|scope) ?[=:] ?", re.IGNORECASE)
_COMMAS = re.compile(rf"{_QUOTED}|(?:[,;]|\s(?:and|&)\s)\s*(?=(?:tenant|scope)=)", re.IGNORECASE)
_AROUND = re.compile(r"^(?:(?:this )?channel )?to |[ ,](?:please|pls|thanks)$", re.IGNORECASE)
_BOLD = re.compile(r"([*_~]{1,3})(.+)\1", re.DOTALL)
_FULL_STOP = re.compile(rf"{_QUOTED}|(?<=[^\s.,;=])\.+(?=[,;]*(?:\s|$))")
_SLASHED = re.compile(r"([A-Za-z0-9][A-Za-z0-9._-]{0,63})/([^\s=\"':,;]+)")
_TENANT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_SEEN = str.maketrans(BLANKS, " " * len(BLANKS), UNSEEN) | {ord(mark): " " for mark in "`«»"}
_QUOTES = str.maketrans({"“": '"', "”": '"', "‘": "'", "’": "'", "„": '"', "‚": "'", "‹": "'", "›": "'"})


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody, as Slack says. `tz` is an IANA name; `is_admin` counts owners, too; `real_name` may be empty.

    `team_id` is the workspace (or the organisation) they are known by, `enterprise_id` their organisation and `teams` its
    workspaces that they are in; "" and none outside of organisations.
    """

    id: str
    name: str
    tz: str
    team_id: str
    is_admin: bool
    is_guest: bool
    is_bot: bool
    real_name: str = ""
    enterprise_id: str = ""
    teams: tuple[str, ...] = ()
    is_deleted: bool = False


@dataclass(frozen=True, slots=True)
class Home:
    """The workspace that the bot is installed in, and its organisation; "" for none."""

    team: str
    enterprise: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """A channel or direct message. `known` is False where the bot is not a member, so that it cannot tell what it is.

    `is_direct` is a direct message between the bot and one person, `is_group` one of several people.

    `is_ext_shared` is shared with another company; what an organisation's own workspaces share with each other is not.
    """

    id: str
    creator: str
    is_direct: bool
    is_ext_shared: bool
    known: bool
    is_group: bool = False


@dataclass(frozen=True, slots=True)
class AccessRules:
    """What whoever runs the bot has set: `own` is the bot's tenancy, `admins` are user ids, `admin_groups` user group ids."""

    allowed_scopes: tuple[str, ...]
    own: Tenancy
    default_binding: bool
    admins: frozenset[str]
    admin_groups: frozenset[str]
    shared_channels: bool
    guests: bool

    @property
    def default(self) -> Tenancy | None:
        """Return what an unbound channel reads."""
        return self.own if self.default_binding else None


def allows(rules: AccessRules, tenancy: Tenancy) -> bool:
    """Tell whether a channel may be bound to a tenancy: one of the allowed `tenant/scope` patterns, or the bot's own."""
    if tenancy == rules.own:
        return True
    return any(_matches(pattern, tenancy) for pattern in rules.allowed_scopes)


def ensure_allowed(rules: AccessRules, tenancy: Tenancy) -> None:
    """Raise `NotAllowed` for a tenancy that no channel may be bound to."""
    if not allows(rules, tenancy):
        raise NotAllowed(
            f"{tenancy} is not among the scopes that channels may be bound to.",
            fix="Whoever runs the bot can add it to AIONIS_ALLOWED_SCOPES.",
        )


def ensure_place_answers(rules: AccessRules, place: Place) -> None:
    """Raise `NotAllowed` where nobody gets an answer, and nothing is posted by itself."""
    if place.is_group:
        raise NotAllowed(
            "I do not work in group direct messages: I cannot see there who reads along.",
            fix="Ask in a channel, or in your direct message with me.",
        )
    if place.is_ext_shared and not rules.shared_channels:
        raise NotAllowed(
            "This channel is shared with another company, so nothing from Aionis is shown here.",
            fix="Ask in a channel of your own workspace; whoever runs the bot can set ALLOW_SHARED_CHANNELS=on.",
        )


def is_colleague(person: Person, home: Home) -> bool:
    """Tell whether somebody belongs to the bot's company: to its workspace, or to its organisation through another one."""
    if not person.team_id or not home.team or person.team_id == home.team or home.team in person.teams:
        return True
    return bool(home.enterprise) and home.enterprise in {person.enterprise_id, person.team_id}


def ensure_may_ask(rules: AccessRules, person: Person, place: Place, *, home: Home) -> None:
    """Raise `NotAllowed` where this person gets no answer in this place at all."""
    ensure_place_answers(rules, place)
    if person.is_deleted:
        raise NotAllowed("This account is deactivated, so nothing is done for it any more.")
    if not rules.shared_channels and not is_colleague(person, home):
        raise NotAllowed(
            "You belong to another company than this bot.", fix="Ask somebody of the workspace it is installed in."
        )
    if person.is_guest and not rules.guests:
        raise NotAllowed(
            "Guests of this workspace may read what the bot posts, and not more.",
            fix="Ask a member of the channel; whoever runs the bot can set ALLOW_GUESTS=on.",
        )


def readable_tenancy(rules: AccessRules, bound: Tenancy | None) -> Tenancy:
    """Return what a channel bound to `bound` (None: not bound) may read; raises `NotAllowed` where that is nothing."""
    if bound is None:
        if rules.default is None:
            raise Unbound("This channel is not bound to a tenant and scope.", fix=f"Type {BIND_FORM}.")
        return rules.default
    if not allows(rules, bound):
        raise NotAllowed(
            f"This channel is bound to {bound}, which is no longer among the allowed scopes.",
            fix=f"Bind it to another one: {BIND_FORM}; or have AIONIS_ALLOWED_SCOPES changed.",
        )
    return bound


def keeps_incidents(place: Place) -> bool:
    """Tell whether incidents are kept here: in channels that the bot is a member of, not in direct messages."""
    return place.known and not place.is_direct


def may_manage(rules: AccessRules, person: Person, place: Place, members: frozenset[str], *, home: Home) -> bool:
    """Tell whether a person may bind, close and override. `members` are those of the admin groups, `home` is the bot's.

    Another company's admins are admins there, so they and guests count only where they are named.
    """
    # Named ones stand in place of the creator and the admins, not beside them.
    if rules.admins or rules.admin_groups:
        return person.id in rules.admins or person.id in members
    if person.is_guest or not is_colleague(person, home):
        return False
    return person.is_admin or person.id == place.creator


def managers_words(rules: AccessRules, *, creator: str, admins: list[str]) -> str:
    """Return who may bind, close and override, in words. `creator` and `admins` are names; "" where there is none."""
    if rules.admins or rules.admin_groups:
        people = [f"@{name}" for name in admins]
        groups = [f"a member of the user group {group}" for group in sorted(rules.admin_groups)]
        return " or ".join([*people, *groups])
    return f"@{creator}, who created this channel, or a workspace admin" if creator else "a workspace admin"


def parse_binding(text: str) -> Tenancy:
    """Return the tenancy in `tenant=acme scope=prod`, in any order, with quotes around what has blanks.

    Raises `UsageError` that shows what was understood and the right form.
    """
    try:
        plain = text[:LONGEST].translate(_QUOTES).strip(AROUND)
        bold = _BOLD.fullmatch(plain)  # around the whole: a scope may end with such a mark itself
        words = _split(_between_pairs(bold.group(2).strip(AROUND) if bold else plain))
    except ValueError as unbalanced:
        raise UsageError(
            f"I understood “{text[:80]}”, with a quote that does not end.", fix=f"Type {BIND_FORM}."
        ) from unbalanced
    if len(words) == 1 and (slashed := _SLASHED.fullmatch(words[0])):
        words = [f"tenant={slashed.group(1)}", f"scope={slashed.group(2)}"]
    named = (word.partition("=") for word in words if "=" in word)
    pairs = {typed(name).lower(): value for name, _, value in named}
    # As many pairs as words: nothing was typed twice, and nothing stands beside the two.
    if set(pairs) != {"tenant", "scope"} or len(pairs) != len(words):
        form = BIND_QUOTED if len(words) > len(pairs) == 2 else BIND_FORM
        raise UsageError(f"I understood “{text[:80]}”, which does not name a tenant and a scope.", fix=f"Type {form}.")
    return tenancy_of(pairs["tenant"], pairs["scope"])


def tenancy_of(tenant: str, scope: str) -> Tenancy:
    """Return the tenancy that was typed (Aionis contract, section 3); raises `UsageError` for what Aionis would refuse."""
    tenant, scope = tenant.strip(), scope.strip()
    if not _TENANT.fullmatch(tenant):
        raise UsageError(
            f"“{tenant[:80]}” is not a tenant.", fix="It has 1 to 64 letters, digits, dots, dashes or underscores."
        )
    if not scope or scope.startswith("tenant:"):
        raise UsageError(f"“{scope[:80]}” is not a scope.", fix="It is not blank, and does not start with `tenant:`.")
    return Tenancy(tenant, scope)


def _between_pairs(text: str) -> str:
    """Return a text with `name=` before each value, blanks between pairs, and nothing unseen outside of quotes."""
    parts = re.split(_QUOTED, text)
    bare = "".join(part if number % 2 else part.translate(_SEEN) for number, part in enumerate(parts))
    named = _NAMES.sub(lambda found: found.group(1) or f"{found.group(2)}=", bare)
    # A sentence's full stop is no part of a tenant or a scope; who means one puts that in quotes.
    without_stops = _FULL_STOP.sub(lambda found: found.group(1) or "", _AROUND.sub("", named))
    return _COMMAS.sub(lambda found: found.group(1) or " ", without_stops).rstrip(",; `»")


def _split(text: str) -> list[str]:
    """Split as a shell does, but keep backslashes: a scope may have some."""
    lexer = shlex.shlex(text, posix=True)
    lexer.whitespace_split, lexer.commenters, lexer.escape = True, "", ""
    lexer.whitespace += BLANKS
    return list(lexer)


def _matches(pattern: str, tenancy: Tenancy) -> bool:
    """Match with `*` alone: what else fnmatch knows, `?` and `[`, stands for itself."""
    tenant, _, scope = re.sub(r"([?[])", r"[\1]", pattern).partition("/")
    return fnmatchcase(tenancy.tenant_id, tenant) and fnmatchcase(tenancy.scope, scope)
