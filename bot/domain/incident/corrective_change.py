"""The corrective change that a person linked: which change of which forge it is, and what its merge says about the rerun."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import SplitResult, unquote, urlsplit

from bot.domain.incident import log_changes
from bot.domain.incident.checklist import ItemState
from bot.domain.incident.incident_log import Change
from bot.domain.incident.state import Incident, Item
from bot.domain.run.phrases import at as in_words
from bot.ids import short

CORRECTIVE_CHANGE = "corrective_change"  # the item of the default checklist
_PULL = re.compile(r"/([\w.-]{1,100})/([\w.-]{1,100})/pull/([0-9]{1,9})(?:/.*|\.diff|\.patch)?", re.ASCII)
_MERGE_REQUEST = re.compile(
    r"/([\w.-]{1,100}(?:/[\w.-]{1,100}){1,9})/merge_requests/([0-9]{1,9})(?:/.*|\.diff|\.patch)?", re.ASCII
)
_PORTS = {"http": ":80", "https": ":443"}


@dataclass(frozen=True, slots=True)
class ChangeRef:
    """A pull or merge request: the web host it is on, its project's path, and its number. `kind` is `pull` or `merge`."""

    kind: str
    host: str
    project: str
    number: int


@dataclass(frozen=True, slots=True)
class MergedChange:
    """What a forge says of a change that was merged: the commit, and when, in UTC."""

    commit: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ChangeAnswer:
    """What a forge said of a change: that it was merged, or in a few words why that is not known to be so."""

    merged: MergedChange | None
    said: str = ""


def change_in(link: str) -> ChangeRef | None:
    """Return the change that an https link names, or None where it is no pull or merge request of the forms that are known."""
    try:
        parts = urlsplit(link.strip())
        host = web_host(parts)
    except ValueError:
        return None
    # Unquoted before it is looked at: the forge's API must be asked about the project that people see in the link.
    path = unquote(parts.path)
    if parts.scheme not in {"http", "https"} or "@" in host or ".." in path or "/./" in path:
        return None
    pull, merge = _PULL.fullmatch(path), _MERGE_REQUEST.fullmatch(path)
    if pull:
        return ChangeRef("pull", host, f"{pull.group(1)}/{pull.group(2)}", int(pull.group(3)))
    if merge is None:
        return None
    project = merge.group(1).removesuffix("/-")  # in the links of GitLab's first years it does not stand
    return ChangeRef("merge", host, project, int(merge.group(2))) if "/" in project else None


def web_host(parts: SplitResult) -> str:
    """Return the host of a web address as addresses of the same place share it: without `www.`, and without its scheme's port."""
    return parts.netloc.lower().removeprefix("www.").removesuffix(_PORTS.get(parts.scheme, ":"))


def asserted_change(incident: Incident) -> tuple[Item, ChangeRef] | None:
    """Return the item of the corrective change and the change, while a person has asserted it with a link that names one."""
    item = incident.item(CORRECTIVE_CHANGE)
    if not incident.is_open or item is None or item.spec.check is not None or item.state is not ItemState.ASSERTED:
        return None
    change = change_in(item.facts.proof)
    return (item, change) if change else None


def corrective_change_looked_up(item: Item, said: str, *, at: datetime) -> Change:
    """Return the entry of what a forge says of a change that is not known to be merged."""
    digest = hashlib.sha256(said.encode()).hexdigest()[:12]
    return log_changes.change_looked_up(
        CORRECTIVE_CHANGE, stamp=item.stamp, said=said, at=at, key=f"forge:{item.stamp}:{digest}:{at.isoformat()}"
    )


def change_verified(incident: Incident, item: Item, merged: MergedChange, *, at: datetime) -> Change:
    """Return the entry that verifies the corrective change: merged as which commit and when, and whether the rerun came after."""
    merge = f"merged as {short(merged.commit, 12)} at {in_words(merged.at)}"
    said = f"{merge}{_about_rerun(incident, merged)}: {item.facts.proof}"
    key = f"check:{CORRECTIVE_CHANGE}:{incident.version}"
    return log_changes.item_verified(
        CORRECTIVE_CHANGE, proof=said, at=at, key=key, owner=item.facts.owner, merged=merged.at
    )


def merged_at(incident: Incident) -> datetime | None:
    """Return when the corrective change was merged, once its forge has said so."""
    item = incident.item(CORRECTIVE_CHANGE)
    return item.facts.merged if item and item.state is ItemState.VERIFIED else None


def about_merge(rerun: str, began: datetime | None, merged: datetime | None) -> str:
    """Return `; rerun 6132885d started after the merge`, or that it started before; "" where either time is not known."""
    if began is None or merged is None:
        return ""
    return f"; rerun {short(rerun)} started {'after' if began > merged else 'before'} the merge"


def _about_rerun(incident: Incident, merged: MergedChange) -> str:
    began = {run.run_id: run.started_at for run in incident.runs}
    reruns: Sequence[str] = [one.rerun for one in incident.comparisons if one.fixed]
    return about_merge(reruns[-1], began.get(reruns[-1]), merged.at) if reruns else ""
