"""Make JupyterLite for the book: every chapter and every exercise as a notebook that runs in the browser.

    python tools/live_site.py [PYODIDE]

It becomes `lite/` in the book's pages. Pyodide comes from its official host; or, where PYODIDE names a folder that has
it, from the book's own: then a browser asks no other host for anything.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import zipfile
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

import browser_wheel
from fetch_pyodide import PINS, files_of

ROOT = Path(__file__).resolve().parents[1]
BOOK = ROOT / "book"
SOURCE = BOOK / "_build" / "lite"
SITE = BOOK / "_build" / "html" / "lite"
FOLDERS = ("frameworks", "lab", "repair")
EXTENSIONS = ("@jupyter-widgets/jupyterlab-manager", "@jupyterlite/pyodide-kernel-extension")
WHEELS = "../../../../pypi/"  # as the kernel sees them, from its own folder in the site
WHOLE_NOTEBOOKS = {
    "@jupyterlab/notebook-extension:tracker": {"windowingMode": "defer"}
}  # so that a browser can search them
INSTALLED = ("INSTALLER", "RECORD", "REQUESTED", "direct_url.json")  # what an installation adds to a wheel


def check(folder: Path) -> None:
    """Leave with a message where the folder is not the Pyodide that the book needs."""
    wanted = PINS["pyodide"]["version"]
    lock = folder / "pyodide-lock.json"
    if not lock.is_file():
        says = f"SELF_HOST must be a folder with Pyodide {wanted}, such as tools/fetch_pyodide.py makes"
        sys.exit(f"{folder} has no pyodide-lock.json: {says}")
    content = json.loads(lock.read_text(encoding="utf-8"))
    if content["info"]["version"] != wanted:
        sys.exit(f"{folder} has Pyodide {content['info']['version']}, and the book needs {wanted}: see book/live.toml")
    if missing := sorted(name for name in files_of(content) if not (folder / name).is_file()):
        sys.exit(f"{folder} lacks files of Pyodide {wanted} that the book needs: {', '.join(missing)}")


def copy_contents(folder: Path) -> None:
    """Copy the notebooks as they are, and the files that they read."""
    for name in FOLDERS:
        shutil.copytree(BOOK / name, folder / name, ignore=shutil.ignore_patterns(".*", "__pycache__", "*.toml"))
    shutil.copytree(ROOT / "exercises", folder / "exercises", ignore=shutil.ignore_patterns(".*"))
    for path in BOOK.glob("[0-9]*.ipynb"):
        shutil.copy2(path, folder)


def pack(name: str, folder: Path) -> Path:
    """Make an installed pure package a wheel again, without the files that it has for other places than the browser."""
    package = distribution(name)
    target = folder / f"{package.name.replace('-', '_')}-{package.version}-py3-none-any.whl"
    with zipfile.ZipFile(target, "w") as archive:
        for path in package.files or ():
            if ".." not in path.parts and path.suffix != ".pyc" and path.name not in INSTALLED:
                archive.writestr(zipfile.ZipInfo(str(path)), path.read_binary(), zipfile.ZIP_DEFLATED)
    return target


def settings(address: str, wheels: list[Path]) -> dict[str, Any]:
    """Return jupyter-lite.json: where Pyodide comes from, and what the kernel loads when it starts."""
    kernel = {
        "pyodideUrl": f"{address}pyodide.js",
        "disablePyPIFallback": True,
        "loadPyodideOptions": {"packages": [*PINS["kernel"]["pyodide"], *(WHEELS + path.name for path in wheels)]},
    }
    plugins = {"@jupyterlite/pyodide-kernel-extension:kernel": kernel}
    data = {
        "appName": "Backprop Lab",
        "appUrl": "./tree",  # where lite/ by itself leads
        "faviconUrl": "./tree/favicon.ico",
        "litePluginSettings": plugins,
    }
    return {"jupyter-lite-schema-version": 0, "jupyter-config-data": data}


def build(pyodide: Path | None) -> None:
    """Make the site anew."""
    for folder in (SOURCE, SITE):
        shutil.rmtree(folder, ignore_errors=True)
    wheels = SOURCE / "pypi"
    wheels.mkdir(parents=True)
    copy_contents(SOURCE / "files")
    address = PINS["pyodide"]["address"]
    if pyodide:
        shutil.copytree(pyodide, SOURCE / "static" / "pyodide")
        address = "./static/pyodide/"
    served = [*(pack(name, wheels) for name in PINS["kernel"]["wheels"]), browser_wheel.build(wheels)]
    extensions = Path(sys.prefix, "share", "jupyter", "labextensions")
    options = {
        "apps": ["notebooks", "tree"],
        "federated_extensions": [str(extensions / name) for name in EXTENSIONS],
        "ignore_sys_prefix": ["federated_extensions"],  # the others are for JupyterLab
        "no_libarchive": True,
        "no_sourcemaps": True,
        "no_unused_shared_packages": True,
    }
    (SOURCE / "jupyter-lite.json").write_text(json.dumps(settings(address, served)), encoding="utf-8")
    (SOURCE / "overrides.json").write_text(json.dumps(WHOLE_NOTEBOOKS), encoding="utf-8")
    (SOURCE / "jupyter_lite_config.json").write_text(json.dumps({"LiteBuildConfig": options}), encoding="utf-8")
    command = [sys.executable, "-m", "jupyterlite_core", "build", "--output-dir", str(SITE)]
    run = subprocess.run(command, cwd=SOURCE, capture_output=True, text=True, check=False)
    if run.returncode:
        sys.exit(f"JupyterLite could not be built:\n{run.stdout}{run.stderr}")


def main(arguments: list[str]) -> None:
    """Check the folder with Pyodide, where there is one, and make the site."""
    pyodide = Path(arguments[0]) if arguments else None
    if pyodide:
        check(pyodide)
    build(pyodide)


if __name__ == "__main__":
    main(sys.argv[1:])
