"""Promise: what is published is the site that was tested, with the command of CONTRIBUTING and no right to more."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent
WORKFLOW = yaml.safe_load((ROOT / ".github" / "workflows" / "book.yml").read_text(encoding="utf-8"))
TEST, PUBLISH = WORKFLOW["jobs"]["test"], WORKFLOW["jobs"]["publish"]
ON_MAIN = "github.ref == 'refs/heads/main'"


def test_the_tests_are_the_command_that_contributing_names():
    commands = [step["run"] for step in TEST["steps"] if "run" in step]
    assert commands == ["python3 tools/fetch_pyodide.py pyodide", ".ci/run"]
    assert os.access(ROOT / ".ci" / "run", os.X_OK)
    assert "`.ci/run`" in (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    assert "\nmake test\n" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")


def test_the_site_of_main_is_published_once_its_tests_have_passed():
    upload, deploy = TEST["steps"][-1], PUBLISH["steps"][-1]
    assert upload["uses"].startswith("actions/upload-pages-artifact@")
    assert upload["with"] == {"path": "book/_build/html", "include-hidden-files": True}
    assert deploy["uses"].startswith("actions/deploy-pages@")
    assert PUBLISH["needs"] == "test"
    assert upload["if"] == PUBLISH["if"] == ON_MAIN


def test_no_job_may_do_more_than_it_has_to():
    assert WORKFLOW["permissions"] == {"contents": "read"}
    assert "permissions" not in TEST
    assert PUBLISH["permissions"] == {"pages": "write", "id-token": "write"}


@pytest.mark.parametrize("job", [TEST, PUBLISH], ids=["test", "publish"])
def test_actions_are_those_of_github_with_their_version(job):
    used = [step["uses"] for step in job["steps"] if "uses" in step]
    assert used
    assert [name for name in used if not re.fullmatch(r"actions/[\w-]+@v\d+", name)] == []
