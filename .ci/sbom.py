"""Write a CycloneDX 1.6 list of what the bot is made of, from the installed packages and the page's lock file.

    python .ci/sbom.py [file]

The same installed set gives the same bytes: no time and no random number is in it.
"""

import json
import re
import sys
import uuid
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import Any

ROOT = "aionis-incident-bot"
PAGE = Path(__file__).parents[1] / "bot/playground/web"  # whose built files the wheel and the image carry
BUILDS_ONLY = (
    "vite"  # stands among the page's dependencies, so that a machine that builds has it, and is in no built file
)
_NEED = re.compile(r"([A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:\[([^\]]*)\])?")
_EXTRA = re.compile(r"extra\s*==\s*['\"]([^'\"]+)")


def main() -> None:
    """Write it to the file that is named, or print it."""
    text = json.dumps(bill(), indent=2, sort_keys=True) + "\n"
    if len(sys.argv) > 1:
        Path(sys.argv[1]).write_text(text, encoding="utf-8")
    else:
        sys.stdout.write(text)


def bill() -> dict[str, Any]:
    """Return the bill of materials: the bot, and every package that it needs and that is installed."""
    needs = closure(ROOT)
    page = page_needs()
    components = [component(name) for name in sorted(needs) if name != ROOT] + [part for part, _ in page.values()]
    serial = uuid.uuid5(uuid.NAMESPACE_URL, json.dumps(components, sort_keys=True))
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{serial}",
        "version": 1,
        "metadata": {"component": {**component(ROOT), "type": "application"}},
        "components": components,
        "dependencies": [
            {
                "ref": reference(name),
                "dependsOn": sorted({*map(reference, needs[name]), *(page if name == ROOT else ())}),
            }
            for name in sorted(needs)
        ]
        + [{"ref": ref, "dependsOn": below} for ref, (_, below) in page.items()],
    }


def closure(root: str) -> dict[str, set[str]]:
    """Return each package that the root needs, however far away, with the packages that it needs itself."""
    needs: dict[str, set[str]] = {}
    left: list[tuple[str, frozenset[str]]] = [(root, frozenset())]
    seen = set()
    while left:
        name, extras = left.pop()
        if (name, extras) not in seen:
            seen.add((name, extras))
            found = list(required(name, extras))
            needs.setdefault(name, set()).update(one for one, _ in found)
            left += found
    return needs


def required(name: str, extras: frozenset[str]) -> Iterator[tuple[str, frozenset[str]]]:
    """Yield what a package with these extras needs and is installed, with the extras of that."""
    for line in metadata.distribution(name).requires or ():
        found, when = _NEED.match(line), line.partition(";")[2]
        asked = set(_EXTRA.findall(when))
        if found and (not asked or asked & extras) and installed(found.group(1)):
            yield (
                normal(found.group(1)),
                frozenset(one.strip() for one in (found.group(2) or "").split(",") if one.strip()),
            )


def installed(name: str) -> bool:
    """Tell whether a package is there."""
    try:
        metadata.distribution(name)
    except metadata.PackageNotFoundError:
        return False
    return True


def page_needs() -> dict[str, tuple[dict[str, Any], list[str]]]:
    """Return the npm packages that are built into the page, by their addresses, each with those that it needs itself."""
    locked = json.loads((PAGE / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    left = [name for name in locked[""]["dependencies"] if name != BUILDS_ONLY]
    found: dict[str, tuple[dict[str, Any], list[str]]] = {}
    while left:
        name = left.pop()
        one = locked[f"node_modules/{name}"]
        ref = f"pkg:npm/{name}@{one['version']}"
        if ref not in found:
            needed = list(one.get("dependencies", ()))
            left += needed
            part = {"type": "library", "bom-ref": ref, "name": name, "version": one["version"], "purl": ref}
            below = sorted(f"pkg:npm/{other}@{locked[f'node_modules/{other}']['version']}" for other in needed)
            found[ref] = ({**part, "licenses": [{"license": {"name": one["license"]}}]}, below)
    return dict(sorted(found.items()))


def component(name: str) -> dict[str, Any]:
    """Return a package as a component."""
    about = metadata.distribution(name).metadata
    classified = [one.rpartition(" :: ")[2] for one in about.get_all("Classifier", ()) if one.startswith("License :: ")]
    licence = about.get("License-Expression") or about.get("License") or ", ".join(classified)
    one = licence.strip().splitlines()[0][:100] if licence.strip() else ""
    return {
        "type": "library",
        "bom-ref": reference(name),
        "name": name,
        "version": metadata.version(name),
        "purl": reference(name),
        **({"licenses": [{"license": {"name": one}}]} if one else {}),
    }


def reference(name: str) -> str:
    """Return a package's address."""
    return f"pkg:pypi/{normal(name)}@{metadata.version(name)}"


def normal(name: str) -> str:
    """Return a package's name as registries compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


if __name__ == "__main__":
    main()
