"""Gradient checkpointing: time and memory, in units of storing all."""

from __future__ import annotations

from benchmarks.problems import Problem
from benchmarks.report import cell, markdown
from benchmarks.rounds import Result, compare
from benchmarks.sections.settings import GIVE_BACK_MEMORY, KEEP_MEMORY, Settings, workers

TITLE = "Checkpointing"
OURS, TORCH = "benchmarks.checkpoints.ours", "benchmarks.checkpoints.torch_checkpoint"
WAYS = {
    "store all": (OURS, "store_all", "1 / 1"),
    "every 8th": (OURS, "every_8", "1.31 / 0.26"),
    "square root": (OURS, "square_root", ""),
    "bisection": (OURS, "bisection", "2.09 / 0.14"),
    "revolve, 10 snapshots": (OURS, "revolve_10", "1.59 / 0.22"),
    "revolve, 6 snapshots": (OURS, "revolve_6", "1.77 / 0.155"),
    "revolve, 4 snapshots": (OURS, "revolve_4", "1.86 / 0.125"),
    "revolve, 2 snapshots": (OURS, "revolve_2", "2.32 / 0.094"),
    "PyTorch, store all": (TORCH, "store_all", "1.34 / 1.03"),
    "PyTorch, 8 segments": (TORCH, "segments_8", "1.81 / 0.29"),
}
SMOKE = ("store all", "every 8th", "revolve, 2 snapshots", "PyTorch, 8 segments")


def run(settings: Settings) -> Result:
    """Return the problem and an entry for each way."""
    depth, width = (16, 128) if settings.quick else (64, 512)
    problem = Problem((width,) * (depth + 1), width, "relu", "identity", "half_squared_error")
    settings.say(f"checkpointing: {depth} layers of {width}")
    chosen = {name: WAYS[name] for name in (SMOKE if settings.quick else WAYS)}
    arguments = {name: (problem, way) for name, (_, way, _) in chosen.items()}
    modules = {name: module for name, (module, _, _) in chosen.items()}
    with workers(modules, variables=KEEP_MEMORY) as ways:
        results = compare(ways, arguments, tolerance=1e-10, rounds=3 if settings.quick else 5, target=settings.target)
    gradient_bytes = sum(W.nbytes + b.nbytes for W, b in problem.weights())
    for result in results:
        if "seconds" in result:
            result |= _memory(result["peer"], arguments[result["peer"]], gradient_bytes)
    return {
        "network": problem.name,
        "batch": problem.batch_size,
        "dtype": problem.dtype,
        "depth": depth,
        "ways": results,
    }


def _memory(name: str, arguments: tuple[Problem, str], gradient_bytes: int) -> Result:
    """Measure in a process of its own, whose allocator gives everything back at once, which costs it time."""
    with workers({name: WAYS[name][0]}, variables=GIVE_BACK_MEMORY) as one:
        one[name].call("build", *arguments)
        peak = one[name].call("peak_memory")
        if WAYS[name][0] == TORCH:  # its gradient is there before and after
            return {"process_bytes": peak}
        return {"process_bytes": None if peak is None else peak - gradient_bytes, "plan": one[name].call("plan")}


def table(result: Result) -> str:
    """Return the section in Markdown."""
    from backprop_lab.checkpointing import forward_steps

    ways, depth = result["ways"], result["depth"]
    full, planned = ways[0].get("process_bytes"), ways[0]["plan"]["peak_bytes"]
    rows = []
    for way in ways:
        plan, process = way.get("plan"), way.get("process_bytes")
        memory = f"{process / full:.3f}" if process is not None and full else ""
        row = [way["peer"], cell(way), f"{plan['relative_time']:.2f}" if plan else "", memory]
        row += [f"{plan['peak_bytes'] / planned:.3f}" if plan else "", f"{plan['advances']}" if plan else ""]
        snapshots = WAYS[way["peer"]][1].removeprefix("revolve_")
        row += [f"{forward_steps(depth, int(snapshots))}" if snapshots.isdigit() else "", WAYS[way["peer"]][2]]
        rows.append(row)
    head = ["", "time", "time by the products", "memory of the process", "bytes of the schedule", "forward steps",
            "Griewank and Walther", "aim: time / memory"]  # fmt: skip
    return (
        f"{result['network']}, batch {result['batch']}, {result['dtype']}, ReLU. Time and memory in units of our "
        "storing all; the time with an allocator that keeps its memory, so that it is the arithmetic's. The memory of "
        "the process is its highest growth (VmHWM) in one gradient, beyond the parameters and their gradient; "
        "temporary arrays count. The bytes of the schedule are activations and deltas alone.\n\n" + markdown(head, rows)
    )
