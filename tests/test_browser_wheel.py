"""Promise: the wheel for the browser has the library and the data sets, runs on its own, and is the same each time."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from browser_wheel import build

ROOT = Path(__file__).parents[1]
TRY = """
import sys
sys.path.insert(0, sys.argv[1])
sys.modules["sklearn"] = None
import backprop_lab
from backprop_lab.data import diabetes, digits, wine
print(backprop_lab.__file__.startswith(sys.argv[1]), digits(), len(diabetes().x_train), len(wine().x_train))
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("wheel"))


def test_it_has_every_module_and_the_copies_and_says_where_they_come_from(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    source = ROOT / "src"
    assert {path.relative_to(source).as_posix() for path in source.rglob("*.py")} <= names
    data = {name for name in names if name.startswith("backprop_lab/datasets/")}
    assert {Path(name).name for name in data} == {"digits.npz", "diabetes.npz", "wine.npz", "SOURCES.txt"}
    assert wheel.name.endswith("-py3-none-any.whl")


def test_it_runs_without_scikit_learn(wheel: Path, tmp_path: Path) -> None:
    zipfile.ZipFile(wheel).extractall(tmp_path)
    run = subprocess.run([sys.executable, "-c", TRY, str(tmp_path)], capture_output=True, text=True, check=True)
    assert run.stdout == "True Digits(1437 for training, 360 for test) 353 142\n"


def test_the_same_sources_give_the_same_bytes(wheel: Path, tmp_path: Path) -> None:
    assert build(tmp_path).read_bytes() == wheel.read_bytes()


def test_the_repository_has_no_copy_of_the_data() -> None:
    assert not (ROOT / "src" / "backprop_lab" / "datasets").exists()
