"""On a cluster: the same verdicts, each once, also when a machine is lost in the middle."""

from __future__ import annotations

import os
import signal
import threading
import time

import pytest
from classroom import honest, save, solution, with_answer, with_cell

from backprop_lab.course.notebook import NotebookError
from backprop_lab.grading.judging import Limits
from backprop_lab.grading.on_dask import on_dask
from backprop_lab.grading.run import Assignment, grade
from backprop_lab.grading.sandbox import levels

distributed = pytest.importorskip("distributed")
dask = pytest.importorskip("dask")

pytestmark = [
    pytest.mark.skipif(not levels()[0].strong, reason="this machine has neither bubblewrap nor Landlock"),
    pytest.mark.filterwarnings("ignore"),
    pytest.mark.xdist_group("dask"),  # one cluster for all
]


@pytest.fixture(scope="module")
def cluster():
    with (
        dask.config.set({"distributed.worker.daemon": False, "distributed.scheduler.allowed-failures": 10}),
        distributed.LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None) as cluster,
    ):
        yield cluster


def assignment(tmp_path):
    path = save(solution(), tmp_path / "solutions" / "05_small.ipynb")
    return Assignment.of(path, Limits(cell=20), levels()[0])


def test_a_cluster_gives_the_same_verdicts(cluster, tmp_path):
    save(honest(), tmp_path / "in" / "ann.ipynb")
    save(with_answer("5.3", "z1 = W1 @ x"), tmp_path / "in" / "bob.ipynb")
    (tmp_path / "in" / "gus.ipynb").write_text("{")
    there = grade([tmp_path / "in"], assignment(tmp_path), tmp_path / "a", 1, run=on_dask(cluster.scheduler_address))
    here = grade([tmp_path / "in"], assignment(tmp_path), tmp_path / "b", 1)
    assert [(each.student, each.earned, each.flags) for each in there] == [
        (each.student, each.earned, each.flags) for each in here
    ]
    assert [each.earned for each in there] == [5, 4, 0]


def test_a_worker_that_is_lost_loses_no_submission_and_grades_none_twice(cluster, tmp_path):
    names = [f"student{k}" for k in range(4)]
    for name in names:
        save(with_cell("import time; time.sleep(1)"), tmp_path / "in" / f"{name}.ipynb")
    processes = [info["id"] for info in cluster.scheduler_info["workers"].values()]
    assert len(processes) == 2
    with distributed.Client(cluster) as client:
        ids = list(client.run(os.getpid).values())

    def lose_one():
        time.sleep(3)
        os.kill(ids[0], signal.SIGKILL)

    thread = threading.Thread(target=lose_one)
    thread.start()
    seen = []
    results = grade(
        [tmp_path / "in"],
        assignment(tmp_path),
        tmp_path / "out",
        1,
        lambda done, total, student: seen.append(student),
        on_dask(cluster.scheduler_address),
    )
    thread.join()
    assert [each.student for each in results] == names
    assert [each.earned for each in results] == [5] * 4
    assert sorted(filter(None, seen)) == names


def test_an_address_where_nobody_answers_is_said(tmp_path):
    save(honest(), tmp_path / "in" / "ann.ipynb")
    with pytest.raises(NotebookError, match="no scheduler"):
        grade([tmp_path / "in"], assignment(tmp_path), tmp_path / "out", 1, run=on_dask("tcp://127.0.0.1:1"))
