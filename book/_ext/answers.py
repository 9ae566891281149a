"""Sphinx extension: the answers to the quick checks of a chapter, as appendix F lists them.

    ```{answers} 09_gradient_checking
    ```

They are taken from the widgets of the executed notebook, so that no question is written, or computed, twice. As plain
HTML they are also there for readers without JavaScript.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError
from sphinx.util.docutils import SphinxDirective

STATE = "application/vnd.jupyter.widget-state+json"
VIEW = "application/vnd.jupyter.widget-view+json"


class Answers(SphinxDirective):
    """The place for the answers: the notebook may not have been executed yet."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Leave a place."""
        return [nodes.comment("", answers_of=self.arguments[0])]


def fill_in(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Put the answers in their places."""
    for place in list(doctree.findall(lambda node: isinstance(node, nodes.comment) and "answers_of" in node)):
        notebook = Path(app.outdir).parent / "jupyter_execute" / f"{place['answers_of']}.ipynb"
        if not notebook.is_file():
            raise ExtensionError(f"{docname} asks for the answers of {place['answers_of']}, which was not executed")
        answered = quick_checks(notebook)
        if not answered:
            raise ExtensionError(f"{docname} asks for the answers of {place['answers_of']}, which has no quick check")
        place.replace_self(nodes.raw("", "\n".join(answered), format="html"))


def quick_checks(path: Path) -> list[str]:
    """Return each quick check of an executed notebook with its answers folded away, in the order of the page."""
    notebook = json.loads(path.read_text(encoding="utf-8"))
    models = notebook["metadata"].get("widgets", {}).get(STATE, {}).get("state", {})
    outputs = [output for cell in notebook["cells"] for output in cell.get("outputs", ())]
    shown = [models[output["data"][VIEW]["model_id"]]["state"] for output in outputs if VIEW in output.get("data", {})]
    checks = [state for state in shown if "bl-check" in state.get("_dom_classes", ())]
    return [quick_check(models, state, number) for number, state in enumerate(checks, start=1)]


def quick_check(models: dict[str, Any], state: dict[str, Any], number: int) -> str:
    """Return one as HTML: the question with its options, and what each of them is answered."""
    parts = children(models, state)
    [question] = [part for part in parts if 'class="bl-question"' in part.get("value", "")]
    [reasons] = [part for part in parts if part["_model_name"] == "StackModel"]
    answers = "".join(reason["value"] for reason in children(models, reasons))
    return (
        f'<div class="bl-answered">{question["value"].replace("Quick check.", f"{number}.", 1)}'
        f"<details><summary>Answer</summary>{answers}</details></div>"
    )


def children(models: dict[str, Any], state: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the states of the widgets in a box."""
    return [models[child.removeprefix("IPY_MODEL_")]["state"] for child in state["children"]]


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the directive and what fills it."""
    app.add_directive("answers", Answers)
    app.connect("doctree-resolved", fill_in)
    return {"parallel_read_safe": False, "parallel_write_safe": True}
