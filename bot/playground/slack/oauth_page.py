"""The page that asks somebody to install the app: `/oauth/v2/authorize`."""

from html import escape
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from bot.playground.slack.errors import RefusedError
from bot.playground.slack.world import User

if TYPE_CHECKING:
    from bot.playground.slack.local import LocalSlack

_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    "Referrer-Policy": "same-origin",  # the address holds the state; "no-referrer" would make the form's Origin null
    "Cache-Control": "no-store",
}
_PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{title}</title>
<style>body{{font:16px/1.5 system-ui;max-width:32rem;margin:3rem auto;padding:0 1rem}}
button{{font:inherit;padding:.4rem 1.2rem;margin-right:.5rem}}</style>
<h1>{title}</h1>
{body}
"""


def oauth_routes(slack: "LocalSlack") -> list[Route]:
    """Return the routes of the page and of its form."""

    async def authorize(request: Request) -> Response:
        query = urlencode(request.query_params.multi_items())
        try:
            if request.method == "GET":
                return _asked(slack, query)
            async with request.form() as form:
                given = {name: str(value) for name, value in form.items()}
            return RedirectResponse(_decided(slack, query, given), 302, _HEADERS)
        except RefusedError as error:
            body = f"<p>{escape(error.detail)}</p><p><code>{escape(error.code)}</code></p>"
            return _page("The app cannot be installed", body, error.status)

    return [Route("/oauth/v2/authorize", authorize, methods=["GET", "POST"])]


def _decided(slack: "LocalSlack", query: str, given: dict[str, str]) -> str:
    if given.get("decision") != "allow":
        return slack.oauth.deny(query)
    user, team, org_wide = given.get("user", ""), given.get("team"), given.get("org") == "on"
    return slack.oauth.allow(query, user=user, team=team, org_wide=org_wide)


def _asked(slack: "LocalSlack", query: str) -> Response:
    asked = slack.oauth.asked(query)
    chosen = slack.of_team(asked["team"])
    teams = "".join(_option(s.world.team.id, s.world.team.name, chosen=s is chosen) for s in slack.workspaces)
    people = "".join(_option(user.id, _name(slack, user), chosen=False) for user in _people(slack))
    whole = '<p><label><input type="checkbox" name="org"> For the whole organisation</label></p>' if _org(slack) else ""
    scopes = "".join(f"<li><code>{escape(scope)}</code></li>" for scope in asked["scopes"])
    body = f"""<p>It asks for:</p><ul>{scopes}</ul>
<form method="post"><p><label for="team">Workspace</label> <select id="team" name="team">{teams}</select></p>
<p><label for="user">As</label> <select id="user" name="user">{people}</select></p>{whole}
<button name="decision" value="allow">Allow</button><button name="decision" value="deny">Cancel</button></form>"""
    return _page(f"Install {slack.config.name}?", body, 200)


def _page(title: str, body: str, status: int) -> Response:
    return HTMLResponse(_PAGE.format(title=escape(title), body=body), status, _HEADERS)


def _option(value: str, label: str, *, chosen: bool) -> str:
    return f'<option value="{escape(value)}"{" selected" if chosen else ""}>{escape(label)}</option>'


def _people(slack: "LocalSlack") -> list[User]:
    people = {user.id: user for known in slack.workspaces for user in known.world.people()}
    return list(people.values())


def _name(slack: "LocalSlack", user: User) -> str:
    team = next((s.world.team.name for s in slack.workspaces if s.world.team.id == user.team_id), user.team_id)
    return f"{user.real_name} ({team})"


def _org(slack: "LocalSlack") -> bool:
    return slack.config.org_deploy and any(known.world.enterprise for known in slack.workspaces)
