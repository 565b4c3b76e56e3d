"""The two pages of installing the app: what is asked of Slack, and what comes back."""

from starlette.requests import Request
from starlette.responses import Response

from bot.config.settings import Settings
from bot.runtime.workspaces import InstalledWorkspaces
from bot.slack.bolt_requests import bolt_request

INSTALL_PATH, REDIRECT_PATH = "/slack/install", "/slack/oauth_redirect"


async def answer_install(settings: Settings, workspaces: InstalledWorkspaces, request: Request) -> Response:
    """Send a browser to Slack, or take what Slack sends it back with."""
    from slack_bolt.adapter.starlette.async_handler import to_starlette_response  # noqa: PLC0415 as below

    from bot.config.manifest import load_manifest  # noqa: PLC0415 brings YAML along
    from bot.slack.installing import installation_flow  # noqa: PLC0415 0.15 s, for several workspaces alone

    async def installed(workspace: str) -> None:
        await workspaces.of(workspace)

    flow = installation_flow(
        workspaces.installations,
        paths=(INSTALL_PATH, REDIRECT_PATH),
        client_id=settings.slack_client_id or "",
        client_secret=settings.slack_client_secret.get_secret_value() if settings.slack_client_secret else "",
        api_url=settings.slack_api_url,
        scopes=load_manifest()["oauth_config"]["scopes"]["bot"],
        allowed=settings.allowed_workspaces,
        installed=installed,
    )
    asked = bolt_request(request, b"")
    answer = flow.handle_installation if request.url.path == INSTALL_PATH else flow.handle_callback
    return to_starlette_response(await answer(asked))
