"""The forges: whether each takes the token that corrective changes are looked up with."""

from bot.config.settings import Settings
from bot.doctor.finding import DoctorFinding, fine, problem
from bot.forge import Forge

NAME = "Forge"
_ADVICE = "Check GITHUB_TOKEN and GITHUB_API_URL, or GITLAB_TOKEN and GITLAB_URL; until then a change stays asserted."


async def examine_forge(settings: Settings) -> list[DoctorFinding]:
    """Ask each forge with a token whether it takes it; nothing where there is none."""
    forge = Forge.from_settings(settings)
    try:
        told = await forge.refusals()
    finally:
        await forge.aclose()
    return [
        problem(NAME, f"{host} {said}", _ADVICE) if said else fine(NAME, f"{host} takes the token")
        for host, said in told.items()
    ]
