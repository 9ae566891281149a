"""Sphinx extension: the book serves every script itself, so that a page asks no other host for anything.

The scripts come from the npm registry (package.json); `make book` has installed them in node_modules.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.errors import ExtensionError

NODE_MODULES = Path(__file__).resolve().parents[2] / "node_modules"
ASSETS = {  # source below node_modules: target below _static
    "mathjax/es5/startup.js": "mathjax/startup.js",
    "mathjax/es5/core.js": "mathjax/core.js",
    "mathjax/es5/input": "mathjax/input",
    "mathjax/es5/output": "mathjax/output",
    "mathjax/es5/a11y": "mathjax/a11y",
    "mathjax/es5/sre": "mathjax/sre",
    "@jupyter-widgets/html-manager/dist/embed.js": "html-manager/embed.js",
}


def copy_assets(app: Sphinx) -> None:
    """Copy what the pages need into _static, before Sphinx looks there for checksums."""
    if app.builder.format != "html":
        return
    static = Path(app.outdir, "_static")
    fonts = {f"@jupyter-widgets/html-manager/dist/{font.name}": f"html-manager/{font.name}" for font in _fonts()}
    for source, target in (ASSETS | fonts).items():
        origin = NODE_MODULES / source
        if not origin.exists():
            raise ExtensionError(f"{origin} is missing: run `make setup`, which installs what package.json names")
        (static / target).parent.mkdir(parents=True, exist_ok=True)
        if origin.is_dir():
            shutil.copytree(origin, static / target, dirs_exist_ok=True)
        else:
            shutil.copy2(origin, static / target)


def _fonts() -> list[Path]:
    return list((NODE_MODULES / "@jupyter-widgets/html-manager/dist").glob("*.woff2"))


def tidy_scripts(app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: object) -> None:
    """Drop scripts that stand twice, and Thebe's, which throws where it is not used."""
    seen, kept = set(), []
    for script in context.get("script_files", []):
        key = (str(script.filename), tuple(sorted((name, str(value)) for name, value in script.attributes.items())))
        if key in seen or "thebe" in str(key).lower():
            continue
        seen.add(key)
        kept.append(script)
    context["script_files"] = kept


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the two hooks."""
    app.connect("builder-inited", copy_assets)
    app.connect("html-page-context", tidy_scripts, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
