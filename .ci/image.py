"""What the image holds: Python, the bot with its packages, the shared libraries that these need, and nothing else.

Run in the Dockerfile's first stage, by the Python that the bot is installed for; the folder that it names becomes the root.
"""

import re
import shutil
import ssl
import subprocess
import sys
import sysconfig
from collections.abc import Iterable, Iterator
from pathlib import Path

BOT = Path(sys.prefix)
LIBRARY = Path(sysconfig.get_path("stdlib"))
PACKAGES = Path(sysconfig.get_path("purelib"))
# Of Python what a server has no use for, and what is installed beside it.
NOT_OF_PYTHON = (
    "test",
    "idlelib",
    "tkinter",
    "turtledemo",
    "ensurepip",
    "pydoc_data",
    "config-*",
    "*-packages",
    "_tkinter*",
    "_test*",
)
NOT_OF_PACKAGES = (
    *("PIL/_avif*", "pillow.libs/libavif*"),  # pictures are PNG
    "rapidfuzz/**/*_avx2*",  # where it is missing the other build of the same is taken
    *("watchfiles", "watchfiles-*"),  # uvicorn's --reload
    *("**/*.py[ix]", "**/*.pxd"),
)
LEXERS = {"__init__.py", "_mapping.py", "python.py", "special.py"}  # of Pygments': what a traceback is shown with
# What moved their sections about when the wheel was made leaves no room for another tool.
UNSTRIPPED = {"PIL", "pillow.libs"}
# Imports whatever the bot may import: what is missing is found while the image is built.
IMPORTS = """
import importlib, pkgutil, sys
import bot, handlers, httptools, jsonschema, pygments.lexers.python, uvloop, PIL.PngImagePlugin
for package in (bot, handlers):
    for found in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        if not found.name.endswith((".__main__", ".build_hook")):
            importlib.import_module(found.name)
"""
# Bytecode of that and no more, which holds whatever becomes of the sources' times on the way into an image.
COMPILE = """
import py_compile
unchecked = py_compile.PycInvalidationMode.UNCHECKED_HASH
for source in {getattr(one, "__file__", None) or "" for one in [*sys.modules.values()]}:
    if source.endswith(".py"):
        py_compile.compile(source, doraise=True, invalidation_mode=unchecked)
"""
ACCOUNTS = {
    "passwd": "root:x:0:0:root:/:/usr/sbin/nologin\nbot:x:10001:10001::/home/bot:/usr/sbin/nologin\n",
    "group": "root:x:0:\nbot:x:10001:\n",
    "nsswitch.conf": "hosts: files dns\n",
}


def main(root: Path) -> None:
    """Make the root."""
    leave_out()
    run("strip", "--strip-unneeded", *(one for one in extensions(PACKAGES) if not UNSTRIPPED & {*one.parts}))
    run(sys.executable, "-B", "-c", IMPORTS + COMPILE)
    shutil.copytree(LIBRARY, below(root, LIBRARY), ignore=shutil.ignore_patterns(*NOT_OF_PYTHON))
    shutil.copytree(BOT, below(root, BOT), symlinks=True)
    python = Path(sys.executable)
    for link in links_of(python):
        put_link(link, root)
    for library in needed([python, *extensions(LIBRARY), *extensions(BOT), *BOT.rglob("valkey-server")]):
        put(library, root)
    put(python.resolve(), root)
    put_system(root)


def leave_out() -> None:
    """Delete what nobody asks for, and bytecode that others have made."""
    lexers = [one for one in PACKAGES.glob("pygments/lexers/*.py") if one.name not in LEXERS]
    bytecode = [*LIBRARY.rglob("__pycache__"), *PACKAGES.rglob("__pycache__")]
    for path in (*lexers, *bytecode, *(one for pattern in NOT_OF_PACKAGES for one in PACKAGES.glob(pattern))):
        shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)


def extensions(folder: Path) -> Iterator[Path]:
    """Yield the shared libraries below a folder."""
    yield from (one for one in sorted(folder.rglob("*.so*")) if one.is_file() and not one.is_symlink())


def links_of(path: Path) -> Iterator[Path]:
    """Yield the links outside of the bot's folder that lead from one of its files to where it really is."""
    while path.is_symlink():
        if BOT not in path.parents:
            yield path
        path = path.parent / path.readlink()


def needed(programs: Iterable[Path]) -> set[Path]:
    """Return the system's libraries that these are linked with. Raises for one that is not there."""
    found = set()
    for program in programs:
        told = subprocess.run(["ldd", program], capture_output=True, text=True, check=False).stdout  # noqa: S603, S607 libc's
        if "not found" in told:
            raise SystemExit(f"{program} lacks a library:\n{told}")
        found |= {Path(one) for one in re.findall(r"(/\S+) \(0x", told)}
    return {one for one in found if not {BOT, LIBRARY} & {*one.parents}}


def put(file: Path, root: Path) -> None:
    """Copy a file under the name that it is asked for by."""
    place = below(root, file.parent.resolve() / file.name)
    place.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy2(file.resolve(), place)


def put_link(link: Path, root: Path) -> None:
    """Make a link as it is here."""
    place = below(root, link)
    place.parent.mkdir(parents=True, exist_ok=True)
    place.symlink_to(link.readlink())


def put_system(root: Path) -> None:
    """Add what the libraries and Python ask the system for: accounts, names of hosts, certificates, where libraries are."""
    for name in ("bin", "lib", "lib64", "sbin"):
        if Path("/", name).is_symlink():
            put_link(Path("/", name), root)
    etc, certificates = root / "etc", Path("/etc/ssl/certs/ca-certificates.crt")
    put(certificates, root)
    asked = below(root, Path(ssl.get_default_verify_paths().openssl_cafile))
    asked.parent.mkdir(parents=True, exist_ok=True)
    asked.symlink_to(certificates)
    for name, content in ACCOUNTS.items():
        (etc / name).write_text(content, encoding="utf-8")
    shutil.copy2("/etc/ld.so.conf", etc)
    shutil.copytree("/etc/ld.so.conf.d", etc / "ld.so.conf.d")
    run("ldconfig", "-r", root)
    for folder, mode in (("home/bot", 0o755), ("tmp", 0o1777)):
        (root / folder).mkdir(parents=True)
        (root / folder).chmod(mode)


def below(root: Path, path: Path) -> Path:
    """Return where a path of this machine is in the image."""
    return root / path.relative_to("/")


def run(*command: str | Path) -> None:
    """Run a command that has to do well."""
    subprocess.run([str(one) for one in command], check=True, cwd="/")  # noqa: S603 our own words


if __name__ == "__main__":
    main(Path(sys.argv[1]))
