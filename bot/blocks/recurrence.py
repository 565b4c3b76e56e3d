"""That an incident's failure was seen again, in the words that its root, lists, Home and summary share."""

from bot.blocks import elements as el
from bot.blocks.text import mrkdwn_time
from bot.domain.incident.state import Incident
from bot.domain.run.phrases import plural
from bot.ids import short


def recurrence_words(incident: Incident) -> list[str]:
    """Return `INC-7Q2K has come back` and `seen 5 times in 30 days, last …` as mrkdwn; [] where nothing was seen again."""
    again = incident.recurred
    if again is None:
        return []
    back = [f"*{incident.came_back} has come back*"] if incident.came_back else []
    return [*back, f"seen {plural(again.runs, 'time')} in 30 days, last {mrkdwn_time(again.seen or again.at)}"]


def recurrence_parts(incident: Incident) -> list[el.RichText]:
    """Return the same as a line of rich text, with the run that it was seen in last."""
    again = incident.recurred
    if again is None:
        return []
    back = [el.bold(f"{incident.came_back} has come back"), el.plain(" · ")] if incident.came_back else []
    often = f"seen {plural(again.runs, 'time')} in 30 days, last in run {short(again.run_id)} "
    return [*back, el.plain(often), el.moment(again.seen or again.at)]
