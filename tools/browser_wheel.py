"""Build the wheel that the browser installs: the library, and a copy of the data sets that scikit-learn would bring.

    python tools/browser_wheel.py FOLDER

The copy is made of the scikit-learn that is installed and lies in no other wheel, nor in the repository.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path

import numpy as np

from backprop_lab.data import COPIES, measured

ROOT = Path(__file__).parents[1]
PARTS = ("pyproject.toml", "README.md", "LICENSE", "src/backprop_lab")
SOURCES = """\
Copied unchanged from scikit-learn {version} (BSD 3-Clause), which has them from

digits    E. Alpaydin and C. Kaynak, Optical Recognition of Handwritten Digits, 1998: UCI, CC BY 4.0
wine      S. Aeberhard and M. Forina, Wine, 1991: UCI, CC BY 4.0
diabetes  B. Efron, T. Hastie, I. Johnstone and R. Tibshirani, Least Angle Regression, 2004
"""


def build(folder: Path) -> Path:
    """Build the wheel in this folder and return its path; the same sources give the same bytes."""
    with tempfile.TemporaryDirectory() as temporary:
        project = Path(temporary)
        for part in PARTS:
            (project / part).parent.mkdir(parents=True, exist_ok=True)
            copy = shutil.copytree if (ROOT / part).is_dir() else shutil.copy
            copy(ROOT / part, project / part)
        write_data(project / "src" / "backprop_lab" / COPIES.name)
        command = [
            sys.executable,
            "-m",
            "hatchling",
            "build",
            "--target",
            "wheel",
            "--directory",
            str(folder.resolve()),
        ]
        subprocess.run(command, cwd=project, check=True, capture_output=True)
    (wheel,) = folder.glob("backprop_lab-*.whl")
    return wheel


def write_data(folder: Path) -> None:
    """Write down the data sets where `backprop_lab.data` looks for them, and where they come from."""
    folder.mkdir()
    for name in ("digits", "wine", "diabetes"):
        data = measured(name)
        np.savez_compressed(folder / f"{name}.npz", x=data.x, target=data.target, names=data.names)
    (folder / "SOURCES.txt").write_text(SOURCES.format(version=version("scikit-learn")), encoding="utf-8")


if __name__ == "__main__":
    print(build(Path(sys.argv[1])))
