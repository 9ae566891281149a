"""The same questions to several frameworks: each in a process of its own, plain numbers back, a record for the absent.

A folder holds one file for each framework, with functions of the same names; `questions.py`, whose `questions()` says
which function is called with what; and `recorded.json`, the answers of a machine that had them all. Frameworks do not
like to share a process (each brings threads and a memory of its own), so none is imported here.

    python -m backprop_lab.frameworks record FOLDER      ask all that are installed, and write their answers down
"""

from __future__ import annotations

import datetime
import importlib
import importlib.util
import json
import math
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

__all__ = ["FRAMEWORKS", "Answers", "Framework", "SideBySide", "ask_frameworks", "read_record", "record"]

RECORD = "recorded.json"
SECONDS = 300  # after which a framework is given up


@dataclass(frozen=True)
class Framework:
    """A framework: the package that must be there, the file with its functions, and how one installs it."""

    name: str
    package: str
    file: str
    install: str

    @property
    def installed(self) -> bool:
        """Whether its package can be found; it is not imported."""
        return importlib.util.find_spec(self.package) is not None


OURS = Framework("ours", "backprop_lab", "ours", "make setup")
FRAMEWORKS = (
    OURS,
    Framework("PyTorch", "torch", "pytorch", "make oracles"),
    Framework("TensorFlow", "tensorflow", "tensorflow_keras", 'pip install -e ".[tensorflow]"'),
    Framework("JAX", "jax", "jax_numpy", "make oracles"),
)

# One thread each, no GPU, and no chatter: the numbers should not depend on the machine.
QUIET = {
    "CUDA_VISIBLE_DEVICES": "",
    "JAX_PLATFORMS": "cpu",
    "KERAS_BACKEND": "tensorflow",
    "MKL_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "TF_ENABLE_ONEDNN_OPTS": "0",
    "TF_NUM_INTEROP_THREADS": "1",
    "TF_NUM_INTRAOP_THREADS": "1",
}


@dataclass(frozen=True, eq=False)
class Answers(Mapping[str, Any]):
    """What one framework answered, by question.

    Attributes
    ----------
    framework : Framework
    version : str
    date : str
        The day of the record, as 2026-01-31; empty where it ran just now.
    answers : dict
        Question to answer: numbers, texts, lists and dicts of them. Questions that its file has no function for are
        missing.
    """

    framework: Framework
    version: str
    date: str
    answers: dict[str, Any]

    @property
    def live(self) -> bool:
        """Whether it ran just now."""
        return not self.date

    @property
    def source(self) -> str:
        """Where the answers come from, in words."""
        name = f"{self.framework.name} {self.version}"
        return f"{name}, run just now" if self.live else f"not installed here; recorded with {name} on {self.date}"

    def __getitem__(self, question: str) -> Any:
        return self.answers[question]

    def __iter__(self) -> Iterator[str]:
        return iter(self.answers)

    def __len__(self) -> int:
        return len(self.answers)

    def __repr__(self) -> str:
        return f"Answers({self.framework.name}, {len(self)} questions)"


class SideBySide(dict[str, Answers]):
    """The answers of every framework, by its name, in the order of `FRAMEWORKS`."""

    def ask(self, question: str) -> dict[str, Any]:
        """Return the answer of every framework that has one.

        Raises
        ------
        KeyError
            If none has; the message lists what was asked.
        """
        found = {name: answers[question] for name, answers in self.items() if question in answers}
        if not found:
            asked = sorted({one for answers in self.values() for one in answers})
            raise KeyError(f"no framework was asked {question!r}; the questions are {', '.join(asked)}")
        return found

    def __repr__(self) -> str:
        return f"SideBySide({', '.join(self)})"


def ask_frameworks(folder: str | os.PathLike[str]) -> SideBySide:
    """Ask every framework that is installed, and take the answers of the others from the record.

    Parameters
    ----------
    folder : path
        Where the files, the questions and the record lie.

    Raises
    ------
    FileNotFoundError
        If one of them is missing.
    RuntimeError
        If a framework is installed and fails; the message ends with what it said.
    """
    folder = Path(folder)
    recorded = read_record(folder)
    return SideBySide(
        (one.name, _ask(folder, one) if one.installed else recorded[one.name])
        for one in FRAMEWORKS
        if one.installed or one.name in recorded
    )


def read_record(folder: str | os.PathLike[str]) -> dict[str, Answers]:
    """Return the recorded answers, by framework; none where there is no record yet."""
    path = Path(folder) / RECORD
    if not path.exists():
        return {}
    stored = _each(lambda leaf: math.nan if leaf is None else leaf, json.loads(path.read_text(encoding="utf-8")))
    return {
        one.name: Answers(one, **{key: stored[one.name][key] for key in ("version", "date", "answers")})
        for one in FRAMEWORKS
        if one.name in stored
    }


def record(folder: str | os.PathLike[str]) -> dict[str, Answers]:
    """Ask every framework that is installed, ours aside, and write down what they say; keep what was written of others.

    Ours is not recorded: it is always here.
    """
    folder, today = Path(folder), datetime.date.today().isoformat()
    answers = read_record(folder)
    for one in FRAMEWORKS:
        if one is not OURS and one.installed:
            now = _ask(folder, one)
            answers[one.name] = Answers(one, now.version, today, now.answers)
    stored = {name: {"version": a.version, "date": a.date, "answers": a.answers} for name, a in answers.items()}
    (folder / RECORD).write_text(_readable(stored), encoding="utf-8")
    return answers


def _readable(stored: dict[str, Any]) -> str:
    """Return JSON with one answer a line."""
    blocks = []
    for name, entry in stored.items():
        values = ",\n".join(
            f"   {json.dumps(key)}: {json.dumps(_each(_none_for_nan, value))}"
            for key, value in entry["answers"].items()
        )
        head = f'  "version": {json.dumps(entry["version"])},\n  "date": {json.dumps(entry["date"])}'
        blocks.append(f' {json.dumps(name)}: {{\n{head},\n  "answers": {{\n{values}\n  }}\n }}')
    return "{\n" + ",\n".join(blocks) + "\n}\n"


def _none_for_nan(leaf: Any) -> Any:
    """Return None in place of NaN: JSON has none, and a browser reads nothing of a file that has."""
    return None if isinstance(leaf, float) and math.isnan(leaf) else leaf


def _each(change: Callable[[Any], Any], value: Any) -> Any:
    """Return what JSON can hold with every leaf changed."""
    if isinstance(value, dict):
        return {key: _each(change, inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_each(change, inner) for inner in value]
    return change(value)


def _ask(folder: Path, framework: Framework) -> Answers:
    """Run the file of one framework in a process of its own; in the browser, which has ours alone, in this one."""
    if not (folder / f"{framework.file}.py").exists():
        raise FileNotFoundError(f"{folder / framework.file}.py is missing: it holds the functions of {framework.name}")
    with tempfile.TemporaryDirectory() as temporary:
        into = Path(temporary) / "answers.json"
        arguments = ["answer", str(folder), framework.file, str(into)]
        if sys.platform == "emscripten":
            main(arguments)
        else:
            _run(framework, arguments)
        found = json.loads(into.read_text(encoding="utf-8"))
    return Answers(framework, found["version"], "", found["answers"])


def _run(framework: Framework, arguments: list[str]) -> None:
    command = [sys.executable, "-m", "backprop_lab.frameworks", *arguments]
    run = subprocess.run(
        command, env={**os.environ, **QUIET}, capture_output=True, text=True, timeout=SECONDS, check=False
    )
    if run.returncode:
        raise RuntimeError(f"{framework.name} is installed and failed:\n{run.stderr[-3000:]}")


# ------------------------------------------------------------------ in the other process


def _answer(folder: str, file: str, into: str) -> None:
    """Answer every question that the file has a function for."""
    sys.path.insert(0, os.path.abspath(folder))
    module = importlib.import_module(file)
    asked = importlib.import_module("questions").questions()
    values = {
        question: _plain(getattr(module, function)(*arguments))
        for question, (function, *arguments) in asked.items()
        if hasattr(module, function)
    }
    Path(into).write_text(json.dumps({"version": module.VERSION, "answers": values}), encoding="utf-8")


def _plain(value: Any) -> Any:
    """Return numbers, texts, lists and dicts in place of arrays and tuples."""
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(one) for one in value]
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    return np.asarray(value).tolist()


def main(arguments: list[str]) -> int:
    """Do what the command line asks."""
    match arguments:
        case ["answer", folder, file, into]:
            _answer(folder, file, into)
        case ["record", folder]:
            for answers in record(folder).values():
                print(answers.source)
        case _:
            print(__doc__)
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
