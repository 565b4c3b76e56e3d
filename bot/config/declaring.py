"""How a setting is declared: its default, what it means, and the form that is told where a value is refused."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

CREDENTIAL = "the token as it is issued, in ASCII, without blanks or quotes"
SWITCH = "`on` or `off`"
FILE = "the path of a file, without quotes"
HTTP = (
    "an http:// or https:// URL of ASCII characters, with nothing but host, port and path, and no user name or password"
)
NAME = "a name of 1 to 256 characters, without quotes"


class SettingsGroup(BaseModel):
    """Settings about one subject; `Settings` has those of all groups."""

    model_config = ConfigDict(defer_build=True)  # no group is ever validated by itself


def setting(default: object, description: str, form: str, **more: Any) -> Any:
    """Return a field. `form` is what is told where a value is refused, after "must be"; the value itself never is."""
    return Field(default, description=description, json_schema_extra={"form": form}, **more)


def number(form: str, **bounds: float) -> dict[str, Any]:
    """Return the bounds of a number and the form that tells them, in words: no digit that somebody wrote is repeated."""
    return {"form": f"{form}, in digits", **bounds}
