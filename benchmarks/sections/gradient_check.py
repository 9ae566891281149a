"""The check of all 101,770 gradient entries of 784-128-10."""

from __future__ import annotations

from dataclasses import replace

from benchmarks.problems import PROBLEMS
from benchmarks.report import cell, markdown
from benchmarks.rounds import Result, compare
from benchmarks.sections.settings import Settings, workers

TITLE = "Gradient check"
PROBLEM = replace(PROBLEMS[2], batch_size=32)
CHECKERS = {
    "ours": ("ours, check_network", "benchmarks.checkers.ours"),
    "loop": ("plain loop, central differences", "benchmarks.checkers.plain_loop"),
    "torch": ("torch.autograd.gradcheck", "benchmarks.checkers.torch_gradcheck"),
}
AIMS = {"ours": "0.70 s, 3e-16", "loop": "71"}
ERROR = 1e-13
PLANTED = 1e-6


def run(settings: Settings) -> Result:
    """Return the times, the errors, and whether an error of a millionth in one entry is found."""
    settings.say("gradient check")
    with workers({key: module for key, (_, module) in CHECKERS.items()}) as checkers:
        results = compare(
            checkers,
            dict.fromkeys(checkers, (PROBLEM,)),
            tolerance=0,
            rounds=1 if settings.quick else 5,
            target=settings.target,
            yardsticks=tuple(checkers),
        )
        n_parameters = sum(W.size + b.size for W, b in PROBLEM.weights())
        for result in results:
            if "seconds" in result:
                result |= checkers[result["peer"]].call("report")
                result["scale"] = n_parameters / result["entries"]
                for name in ("seconds", "ratio"):  # a sample stands for all: each entry costs the same
                    result[name] = {part: value * result["scale"] for part, value in result[name].items()}
        planted = checkers["ours"].call("find_planted", PLANTED)
    if not results[0]["error"] < ERROR:
        raise AssertionError(f"the error of a right gradient is {results[0]['error']:.2g}, expected below {ERROR:g}")
    return {
        "network": PROBLEM.name,
        "batch": PROBLEM.batch_size,
        "parameters": n_parameters,
        "checkers": results,
        "planted": planted,
    }


def table(result: Result) -> str:
    """Return the section in Markdown."""
    rows = []
    for entry in result["checkers"]:
        row = [CHECKERS[entry["peer"]][0]]
        if "seconds" not in entry:
            rows.append([*row, "", "", cell(entry), "", AIMS.get(entry["peer"], "")])
            continue
        error = "not told" if entry["error"] is None else f"{entry['error']:.1e}"
        scaled = "" if entry["scale"] == 1 else f", scaled by {entry['scale']:.0f}"
        rows.append(
            [*row, f"{entry['entries']:,}{scaled}", f"{entry['seconds']['median']:.3g} s", cell(entry), error,
             AIMS.get(entry["peer"], "")]
        )  # fmt: skip
    planted = result["planted"]
    return (
        f"{result['network']}, batch {result['batch']}, float64, {result['parameters']:,} parameters. The time of a "
        "sample is scaled to all parameters.\n\n"
        + markdown(["", "entries", "time for all", "time / ours", "norm-relative error", "aim"], rows)
        + f"\n\nAn error of {planted['error']:g} planted in one entry: found by `find_wrong_weight` with "
        f"{planted['probes']} probes in {planted['seconds']:.2g} s (aim: 17 probes)."
    )
