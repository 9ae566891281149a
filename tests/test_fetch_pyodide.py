"""The tool that fetches Pyodide takes what the book needs and nothing that is not what its lock says."""

from __future__ import annotations

import hashlib
import json

import pytest

import fetch_pyodide
import live_site

VERSION = fetch_pyodide.PINS["pyodide"]["version"]


@pytest.fixture
def host():
    """Return the files of a host: IPython needs one more package, and one is needed by nobody."""
    names = [
        *fetch_pyodide.PINS["kernel"]["pyodide"],
        *fetch_pyodide.PINS["kernel"]["later"],
        "prompt-toolkit",
        "other",
    ]
    files = {name: name.encode() for name in fetch_pyodide.CORE} | {f"{name}.whl": name.encode() for name in names}
    packages = {
        name: {"file_name": f"{name}.whl", "depends": [], "sha256": hashlib.sha256(name.encode()).hexdigest()}
        for name in names
    }
    packages["ipython"]["depends"] = ["prompt_toolkit"]
    return files | {fetch_pyodide.LOCK: json.dumps({"info": {"version": VERSION}, "packages": packages}).encode()}


def test_what_is_fetched_is_what_a_site_of_its_own_needs(host, tmp_path):
    fetch_pyodide.fetch(tmp_path, host.__getitem__)
    live_site.check(tmp_path)
    assert (tmp_path / "prompt-toolkit.whl").is_file()
    assert not (tmp_path / "other.whl").exists()


def test_what_is_there_is_not_fetched_again(host, tmp_path):
    fetch_pyodide.fetch(tmp_path, host.__getitem__)
    asked = []
    fetch_pyodide.fetch(tmp_path, lambda name: (asked.append(name), host[name])[1])
    assert asked == [fetch_pyodide.LOCK]


def test_a_file_that_is_not_the_one_of_the_lock_is_refused(host, tmp_path):
    with pytest.raises(SystemExit, match=r"numpy\.whl is not the file of Pyodide's lock"):
        fetch_pyodide.fetch(tmp_path, (host | {"numpy.whl": b"another"}).__getitem__)
    assert not (tmp_path / fetch_pyodide.LOCK).exists()
