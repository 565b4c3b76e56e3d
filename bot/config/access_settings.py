"""The settings about who may do what, where."""

from bot.config import forms
from bot.config.declaring import SWITCH, SettingsGroup, setting


class AccessSettings(SettingsGroup):
    """What channels may read, and who decides."""

    aionis_allowed_scopes: forms.Tenancies = setting(
        (),
        "What channels may be bound to, besides the tenant and scope above: `tenant/scope` with `*`, comma-separated",
        "`tenant/scope` entries with no blank beside the slash and both parts given, comma-separated",
    )
    aionis_default_binding: bool = setting(
        True, "Whether a channel that is not bound reads the tenant and scope above", SWITCH
    )
    admin_users: forms.SlackIds = setting(
        (),
        "Who may bind, close and override: Slack user ids and user group ids (`S…`), comma-separated; "
        "unset: the channel's creator and workspace admins",
        "Slack ids such as `U0123ABCD` or `S0123ABCD`, comma-separated",
    )
    allow_shared_channels: bool = setting(False, "Whether channels shared with another company get answers", SWITCH)
    allow_guests: bool = setting(False, "Whether guests of the workspace may use commands and buttons", SWITCH)
