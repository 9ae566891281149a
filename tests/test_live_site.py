"""The tool that makes JupyterLite refuses a folder without the right Pyodide, and serves what is installed."""

from __future__ import annotations

import json
import zipfile
from importlib.metadata import version

import pytest

import live_site

VERSION = live_site.PINS["pyodide"]["version"]
CORE = ("pyodide.js", "pyodide.asm.js", "pyodide.asm.wasm", "python_stdlib.zip")


@pytest.fixture
def pyodide(tmp_path):
    """Make a folder that looks like Pyodide: each package in a file of its own, IPython needing one more."""
    names = [*live_site.PINS["kernel"]["pyodide"], *live_site.PINS["kernel"]["later"], "prompt-toolkit"]
    packages = {name: {"file_name": f"{name}.whl", "depends": [], "sha256": ""} for name in names}
    packages["ipython"]["depends"] = ["prompt_toolkit"]
    for name in (*CORE, *(package["file_name"] for package in packages.values())):
        (tmp_path / name).touch()
    lock = {"info": {"version": VERSION}, "packages": packages}
    (tmp_path / "pyodide-lock.json").write_text(json.dumps(lock))
    return tmp_path


def test_a_folder_with_the_right_pyodide_is_taken(pyodide):
    live_site.check(pyodide)


@pytest.mark.parametrize("name", ["pyodide.js", "numpy.whl", "matplotlib.whl", "prompt-toolkit.whl"])
def test_a_folder_that_lacks_a_file_is_refused(pyodide, name):
    (pyodide / name).unlink()
    with pytest.raises(SystemExit, match=rf"lacks files of Pyodide {VERSION} that the book needs: {name}$"):
        live_site.check(pyodide)


def test_another_version_is_refused(pyodide):
    (pyodide / "pyodide-lock.json").write_text(json.dumps({"info": {"version": "0.26.4"}}))
    with pytest.raises(SystemExit, match=rf"has Pyodide 0\.26\.4, and the book needs {VERSION}"):
        live_site.check(pyodide)


def test_a_folder_that_is_no_pyodide_is_refused(tmp_path):
    with pytest.raises(SystemExit, match=r"no pyodide-lock\.json: SELF_HOST must be a folder with Pyodide"):
        live_site.check(tmp_path / "nowhere")


def test_an_installed_package_is_packed_as_it_is_and_again_the_same(tmp_path):
    wheel = live_site.pack("comm", tmp_path)
    assert wheel.name == f"comm-{version('comm')}-py3-none-any.whl"
    first = wheel.read_bytes()
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        assert "comm/__init__.py" in names
        assert f"comm-{version('comm')}.dist-info/METADATA" in names
        assert not [name for name in names if name.endswith((".pyc", "RECORD"))]
    assert live_site.pack("comm", tmp_path).read_bytes() == first


def test_what_the_kernel_loads_is_what_the_list_names(tmp_path):
    wheels = [live_site.pack("comm", tmp_path)]
    data = live_site.settings("https://host/", wheels)["jupyter-config-data"]["litePluginSettings"]
    [kernel] = data.values()
    assert kernel["pyodideUrl"] == "https://host/pyodide.js"
    assert kernel["disablePyPIFallback"]
    assert kernel["loadPyodideOptions"]["packages"] == [
        *live_site.PINS["kernel"]["pyodide"],
        f"{live_site.WHEELS}{wheels[0].name}",
    ]


def test_the_pins_agree_with_each_other():
    assert live_site.PINS["pyodide"]["address"].endswith(f"/v{VERSION}/full/")
