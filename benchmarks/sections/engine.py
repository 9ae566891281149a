"""Scalar automatic differentiation: nodes a second, forward and backward together."""

from __future__ import annotations

from benchmarks.engines import Graph
from benchmarks.report import cell, markdown
from benchmarks.rounds import Result, compare
from benchmarks.sections.settings import Settings, workers
from benchmarks.workers import FailedError, MissingError

TITLE = "Computation graph"
ENGINES = {"ours": "benchmarks.engines.ours", "micrograd": "benchmarks.engines.micrograd_engine"}
GRAPHS = (Graph(sizes=(16, 32, 32, 1)), Graph(links=200))
LONG = Graph(links=500_000)
AIMS = {GRAPHS[0]: "4.8", GRAPHS[1]: "8.6"}


def run(settings: Settings) -> list[Result]:
    """Return an entry for each graph."""
    graphs = [*GRAPHS, Graph(links=50_000) if settings.quick else LONG]
    entries = []
    for graph in graphs:
        settings.say(f"engine: {graph.name}")
        long = graph not in GRAPHS
        with workers(ENGINES) as engines:
            results = compare(
                engines,
                dict.fromkeys(engines, (graph,)),
                tolerance=1e-10,
                rounds=3 if long else settings.rounds,
                target=settings.target,
            )
            for result in results:
                if "seconds" in result:
                    try:
                        result["bytes_per_node"] = engines[result["peer"]].call("bytes_per_node")
                    except (FailedError, MissingError):
                        result["bytes_per_node"] = None
                    result["nodes_per_second"] = graph.nodes / result["seconds"]["median"]
        entries.append({"graph": graph.name, "nodes": graph.nodes, "aim": AIMS.get(graph, ""), "engines": results})
    return entries


def table(entries: list[Result]) -> str:
    """Return the section in Markdown."""
    rows = []
    for entry in entries:
        for result in entry["engines"]:
            row = [entry["graph"] if result is entry["engines"][0] else "", result["peer"]]
            if "seconds" in result:
                size = result["bytes_per_node"]
                row += [f"{result['nodes_per_second']:,.0f}", cell(result), f"{size:.0f}" if size else ""]
            else:
                row += ["", cell(result), ""]
            rows.append([*row, entry["aim"] if result["peer"] == "micrograd" else ""])
    head = ["graph", "engine", "nodes a second", "time / ours", "bytes a node", "aim"]
    return (
        "Building the graph and its gradient; a node is an operation. Long chains end micrograd's recursive sort.\n\n"
        + markdown(head, rows)
    )
