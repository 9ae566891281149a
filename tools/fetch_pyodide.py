"""Fetch the files of Pyodide that the book needs, for a site that asks no other host, and for the tests.

    python tools/fetch_pyodide.py FOLDER

They come from Pyodide's host in book/live.toml; each package is compared with the checksum of Pyodide's lock.
"""

from __future__ import annotations

import hashlib
import json
import sys
import tomllib
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

PINS = tomllib.loads((Path(__file__).resolve().parents[1] / "book" / "live.toml").read_text(encoding="utf-8"))
LOCK = "pyodide-lock.json"
CORE = ("pyodide.js", "pyodide.asm.js", "pyodide.asm.wasm", "python_stdlib.zip")


def files_of(lock: dict[str, Any]) -> dict[str, str]:
    """Return the files that the book needs, with the checksum of each, which is empty where the lock has none."""
    files = dict.fromkeys(CORE, "")
    names = [*PINS["kernel"]["pyodide"], *PINS["kernel"]["later"]]
    for name in names:
        package = lock["packages"][name.replace("_", "-")]
        files[package["file_name"]] = package["sha256"]
        names += [other for other in package["depends"] if other not in names]
    return files


def download(name: str) -> bytes:
    """Return a file of Pyodide's host."""
    with urllib.request.urlopen(PINS["pyodide"]["address"] + name, timeout=120) as answer:
        return bytes(answer.read())


def fetch(folder: Path, read: Callable[[str], bytes] = download) -> None:
    """Fetch what is not in the folder yet; leave with a message where a file is not the one of the lock."""
    folder.mkdir(parents=True, exist_ok=True)
    lock = read(LOCK)
    for name, checksum in files_of(json.loads(lock)).items():
        if (folder / name).is_file():
            continue
        content = read(name)
        if checksum and hashlib.sha256(content).hexdigest() != checksum:
            sys.exit(f"{PINS['pyodide']['address']}{name} is not the file of Pyodide's lock: try again")
        (folder / name).write_bytes(content)
        print(f"{name}: {len(content) / 1e6:.1f} MB")
    (folder / LOCK).write_bytes(lock)


if __name__ == "__main__":
    fetch(Path(sys.argv[1]))
