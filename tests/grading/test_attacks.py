"""Whatever a submission does, it ends in a verdict for that student: nothing leaks, nothing is lost for others."""

from __future__ import annotations

import copy
import json
import os
import socket
import sys
import threading
from pathlib import Path

import nbformat
import numpy as np
import psutil
import pytest
from classroom import SOLUTION, honest, solution, with_answer, with_cell

from backprop_lab.grading import sandbox as sandboxes
from backprop_lab.grading.judging import Limits, Source, judge
from backprop_lab.grading.sandbox import LEVELS, Sandbox, levels

SHORT = Limits(cell=2, call=1.5, check=3, submission=15)
STRONG = [level.name for level in levels() if level.strong]
CHECKED = ("5.3", "5.10", "5.15")

pytestmark = pytest.mark.skipif(not STRONG, reason="this machine has neither bubblewrap nor Landlock")


@pytest.fixture(scope="module")
def source():
    return Source.of(solution(), {})


@pytest.fixture(scope="module", params=STRONG)
def box(request, source):
    sandbox = Sandbox(LEVELS[request.param], source.modules, [SOLUTION.parent, Path(__file__).parent])
    yield sandbox
    sandbox.close()


def states(graded):
    return {result.number: result.state for result in graded.results}


def judged(notebook, source, box):
    """Judge a submission, then an honest one with the same sandbox: it must be right whatever came before."""
    graded = judge("eve", notebook.cells, source, box, SHORT)
    assert [result.number for result in graded.results] == [*CHECKED, "5.18"]
    after = judge("ann", honest().cells, source, box, Limits())
    assert states(after) == {**dict.fromkeys(CHECKED, "right"), "5.18": "open"}, after.results
    return graded


# ------------------------------------------------------------------ what costs nothing but the exercise itself

HARMLESS = {  # a cell before all answers, after which the honest answers still count
    "exits": "import sys; sys.exit()",
    "a syntax error": "def broken(:",
    "an exception that can't be shown": "class E(Exception):\n    def __str__(self): raise RuntimeError\nraise E",
    "prints 500 MB": "for _ in range(5000): print('x' * 100_000)",
    "prints 500 MB past Python": "import os\nfor _ in range(5000): os.write(1, b'x' * 100_000); os.write(2, b'y')",
    "the check is another": "import backprop_lab.course as c\nc.check = lambda *a, **k: 99\ncheck = c.check",
    "assert is off": "import sys, builtins\nbuiltins.AssertionError = Warning\nsys.flags",
    "comparisons lie": "import numpy as np\nnp.allclose = np.array_equal = np.isclose = lambda *a, **k: True",
    "forks": "import os\nfor _ in range(100):\n    try: os.fork()\n    except OSError: pass",
    "starts programs": "import subprocess\ntry: subprocess.run(['sh', '-c', 'sleep 100 &'])\nexcept OSError: pass",
    "starts threads": "import threading, time\ntry:\n    for _ in range(10000): threading.Thread(target=time.sleep, "
    "args=(100,)).start()\nexcept RuntimeError: pass",
    "opens files": "files = []\ntry:\n    while True: files.append(open('/dev/null'))\nexcept OSError: files.clear()",
    "kills": "import os, signal\nfor who in (os.getppid(), 1, 0, -1):\n    try: os.kill(who, signal.SIGKILL)\n"
    "    except OSError: pass",
    "asks for memory": "try: import numpy; held = numpy.ones(10**10)\nexcept MemoryError: pass",
    "the shell": "!cat /etc/passwd\n%cd /",
}


@pytest.mark.parametrize("cell", HARMLESS.values(), ids=list(HARMLESS))
def test_a_cell_that_misbehaves_costs_no_answer(cell, source, box):
    graded = judged(with_cell(cell), source, box)
    assert states(graded) == {**dict.fromkeys(CHECKED, "right"), "5.18": "open"}, graded.results
    assert sum(len(entry["output"]) for entry in graded.cells) < 100_000


FATAL = {  # a cell in which the worker is lost: it starts again without that cell
    "an endless loop": ("while True: pass", "time"),
    "an endless loop in C": ("sum(iter(int, 1))", "time"),
    "one that catches everything": (
        "import time\nwhile True:\n    try: time.sleep(1)\n    except BaseException: pass",
        "time",
    ),
    "a long power": ("10 ** 10 ** 9", "time"),
    "sleeps": ("import time; time.sleep(1000)", "time"),
    "waits for input": ("import os; os.read(3, 1)", "time"),
    "leaves": ("import os; os._exit(0)", "ended"),
    "leaves with an error": ("import os; os._exit(7)", "ended"),
    "crashes": ("import ctypes; ctypes.string_at(0)", "crash"),
    "closes the pipe": ("import os; os.close(4)", "ended"),
    "forges a frame": ("import os; os.write(4, b'\\x00\\x00\\x00\\x02{}')", "forged"),
    "forges a verdict": (
        "import os, json\nd = json.dumps({'id': 99, 'verdict': 'right', 'share': 1}).encode()\n"
        "os.write(4, len(d).to_bytes(4, 'big') + d)",
        "forged",
    ),
    "forges a long frame": ("import os; os.write(4, b'\\xff' * 4)", "forged"),
    "writes noise": ("import os; os.write(4, os.urandom(100_000))", "forged"),
}


@pytest.mark.parametrize(("cell", "kind"), FATAL.values(), ids=list(FATAL))
def test_a_cell_that_ends_the_worker_costs_only_itself(cell, kind, source, box):
    graded = judged(with_cell(cell), source, box)
    assert graded.flags == [f"stopped: {kind}"]
    assert states(graded)["5.15"] == "right"


MB = 1 << 20


def test_a_worker_that_fills_the_disk_is_stopped(source, box, tmp_path):
    before = _free()
    cell = "import os\nfor k in range(10**6):\n    with open(f'{k}', 'wb') as f: f.write(os.urandom(1 << 20) * 8)"
    graded = judged(with_cell(cell), source, box)
    assert states(graded)["5.3"] == "right"
    assert before - _free() < 600 * MB


def _free():
    return os.statvfs("/tmp").f_bavail * os.statvfs("/tmp").f_frsize


def test_memory_is_limited(source, box):
    cell = "held = []\nwhile True: held.append(bytearray(1 << 26))"
    graded = judged(with_cell(cell), source, box)
    assert states(graded)["5.15"] == "right"


def test_deep_and_many_folders_cost_nobody_else(source, box):
    deep = "import os, time\nfor _ in range(1500): os.mkdir('a'); os.chdir('a')\ntime.sleep(1)"
    wide = "import os, time\nfor k in range(12000): os.mkdir(str(k))\ntime.sleep(1)"
    closed = "import os\nos.mkdir('d')\nfor k in range(7): open(f'd/{k}', 'wb').write(bytes(8 << 20))\nos.mkdir('e', 0)"
    for cell in (deep, wide, closed):
        judged(with_cell(cell), source, box)
    full = "for k in range(7): open(f'{k}', 'wb').write(bytes(7 << 20))"  # there is room again
    assert not judged(with_cell(full), source, box).cells


def test_rights_and_times_of_files_can_not_be_changed(source, box, tmp_path):
    victim = tmp_path / "victim"
    victim.write_text("x")
    code = f"""
import os
done = []
for change in (lambda p: os.chmod(p, 0), lambda p: os.utime(p, (1, 1)), lambda p: os.chown(p, 1, 1),
               lambda p: os.setxattr(p, 'user.x', b'y')):
    try: change({str(victim)!r}); done.append(1)
    except OSError: pass
z1 = done or np.array([0.62, 0.2])
"""
    before = victim.stat()
    assert states(judged(with_answer("5.3", code), source, box))["5.3"] == "right"
    assert (victim.stat().st_mode, victim.stat().st_mtime) == (before.st_mode, before.st_mtime)


def test_an_alarm_in_the_middle_of_a_talk_leaves_the_next_in_step(source, box):
    """A check that runs out of time while a worker is being ended, or while it is at work."""
    slow = "\n    import time\n    time.sleep(1.4)\n    return a2, z1"
    crowd = with_cell("import os\nfor k in range(1500): os.mkdir(str(k))", notebook=with_answer("5.10", deltas(slow)))
    for _ in range(2):
        graded = judged(crowd, source, box)
        assert {states(graded)["5.3"], states(graded)["5.15"]} == {"right"}


# ------------------------------------------------------------------ functions that are called by the check


def deltas(body):
    return f"def deltas(y, z1, z2, a2, W2):\n    {body}"


BAD_FUNCTIONS = {
    "never returns": (deltas("\n    while True: pass"), "stopped-time"),
    "leaves": (deltas("import os; os._exit(0)"), "stopped-ended"),
    "exits": (deltas("raise SystemExit(0)"), "crashed"),
    "interrupts": (deltas("raise KeyboardInterrupt"), "crashed"),
    "fills the memory": (deltas("\n    held = []\n    while True: held.append(bytearray(1 << 26))"), None),
    "returns what is too large": (deltas("return np.zeros(10**8), np.zeros(3)"), None),
    "returns a thing": (deltas("return object(), object()"), None),
    "returns itself": (deltas("return deltas, deltas"), None),
    "returns endlessly nested lists": (deltas("\n    x = []\n    x.append(x)\n    return x, x"), None),
    "recurses": (deltas("return deltas(y, z1, z2, a2, W2)"), "crashed"),
    "answers and forges": (
        deltas(
            "\n    import os, json\n    d = json.dumps({'id': 10**6, 'value': True}).encode()\n"
            "    os.write(4, len(d).to_bytes(4, 'big') + d)\n    return a2, z1"
        ),
        "stopped-forged",
    ),
    "equal to all": (
        deltas(
            "\n    class Yes(np.ndarray):\n        def __eq__(self, other): return True\n"
            "        def __sub__(self, other): return 0\n        def __array__(self, *a, **k): return np.zeros(3)\n"
            "    return np.zeros(len(a2)).view(Yes), np.zeros(len(z1)).view(Yes)"
        ),
        None,
    ),
    "an array in disguise": (
        deltas(
            "\n    class Same:\n        def __array__(self, *a, **k): return self\n"
            "        def __eq__(self, o): return True\n    return Same(), Same()"
        ),
        None,
    ),
    "calls back for ever": (
        deltas(
            "\n    import os, json\n    d = json.dumps({'id': 0, 'call': 1, 'arguments': []}).encode()\n"
            "    while True: os.write(4, len(d).to_bytes(4, 'big') + d)"
        ),
        None,
    ),
    "reads the caller": (
        deltas(
            "\n    import sys\n    frame = sys._getframe()\n    while frame:\n"
            "        if 'expected' in frame.f_locals: return frame.f_locals['expected']\n"
            "        frame = frame.f_back\n    return None"
        ),
        None,
    ),
}


@pytest.mark.parametrize(("code", "mistake"), BAD_FUNCTIONS.values(), ids=list(BAD_FUNCTIONS))
def test_a_function_that_misbehaves_is_not_right(code, mistake, source, box):
    graded = judged(with_answer("5.10", code), source, box)
    result = graded.results[1]
    assert result.state in ("not yet", "error"), result
    assert result.earned == 0
    assert mistake is None or result.mistake == mistake, result
    assert {states(graded)["5.3"], states(graded)["5.15"]} == {"right"}


BAD_EXPRESSIONS = {
    "equal to all": "class Yes(sp.Symbol):\n    def __eq__(self, o): return True\n    def __hash__(self): return 1\n"
    "    def evalf(self, *a, **k): return 0\noutput_delta = Yes('a2_1')",
    "a power that never ends": "output_delta = sp.Pow(sp.Integer(10), sp.Pow(10, 10, evaluate=False), evaluate=False)",
    "a tower": "output_delta = sp.exp(sp.exp(sp.exp(sp.exp(sp.exp(a2_1 + 9)))))",
    "deep": "output_delta = a2_1\nfor _ in range(2000): output_delta = sp.sin(output_delta)",
    "wide": "output_delta = sum(sp.Symbol(f'q{k}') for k in range(20000))",
    "an integral": "output_delta = sp.Integral(sp.exp(sp.sin(sp.Symbol('t') ** sp.Symbol('t'))), sp.Symbol('t'))",
    "a lambda": "output_delta = sp.Lambda(a2_1, a2_1)",
    "text that is code": "output_delta = \"__import__('os').system('touch /tmp/evil')\"",
    "a number that fills the memory": "class F(sp.Symbol):\n"
    "    def _sympyrepr(self, p): return \"Float('1e9999999999')\"\noutput_delta = F('a2_1') * a2_1",
    "a long number to a power": "output_delta = sp.Pow(sp.Integer(10**5000 + 1), 9999, evaluate=False) * a2_1",
    "a derivative that grows": "output_delta = sp.Derivative(sp.exp(a2_1**a2_1), (a2_1, 40))",
    "a name that is code": "output_delta = sp.Symbol(\"__import__('os').system('id')\")",
    "its srepr is code": "class E(sp.Symbol):\n    def _sympyrepr(self, p): return \"__import__('os').abort()\"\n"
    "output_delta = E('a')",
}


@pytest.mark.parametrize("code", BAD_EXPRESSIONS.values(), ids=list(BAD_EXPRESSIONS))
def test_an_expression_that_lies_is_not_right(code, source, box):
    graded = judged(with_answer("5.15", code), source, box)
    assert graded.results[2].earned == 0, graded.results[2]
    assert {states(graded)["5.3"], states(graded)["5.10"]} == {"right"}


# ------------------------------------------------------------------ honest, and unusual

UNUSUAL = {
    "5.3": [
        "from fractions import Fraction\nz1 = [Fraction(31, 50), Fraction(1, 5)]",
        "from decimal import Decimal\nz1 = [Decimal('0.62'), Decimal('0.2')]",
        "import array\nz1 = array.array('d', [0.62, 0.2])",
        "z1 = np.array(sp.Matrix([sp.Rational(31, 50), sp.Rational(1, 5)])).ravel()",
        "z1 = np.ma.array([0.62, 0.2])",
        "%matplotlib inline\nimport matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()\nz1 = W1 @ x + b1",
        "async def f(): return W1 @ x + b1\nz1 = await f()",
        "%%time\nz1 = W1 @ x + b1",
    ],
    "5.10": [
        "import functools\ndef f(k, y, z1, z2, a2, W2):\n    d = (a2 - y) * sigmoid.slope(z2)\n"
        "    return d, (W2.T @ d) * sigmoid.slope(z1)\ndeltas = functools.partial(f, 0)",
        "class D:\n    def __call__(self, y, z1, z2, a2, W2):\n        d = (a2 - y) * sigmoid.slope(z2)\n"
        "        return d, (W2.T @ d) * sigmoid.slope(z1)\ndeltas = D()",
    ],
    "5.15": [
        "output_delta = (a2_1 - y_1) * sp.Sum(sp.Symbol('k') * a2_1 * (1 - a2_1) / 3, (sp.Symbol('k'), 1, 2)).doit()",
        "u = sp.Symbol('u')\noutput_delta = (a2_1 - y_1) * sp.Subs(u * (1 - u), u, a2_1)",
    ],
}


@pytest.mark.parametrize(("number", "code"), [(number, code) for number, codes in UNUSUAL.items() for code in codes])
def test_what_is_right_in_the_notebook_is_right_in_the_grader(number, code, source, box):
    graded = judged(with_answer(number, code), source, box)
    assert set(states(graded).values()) == {"right", "open"}, graded.results
    assert not graded.flags


# ------------------------------------------------------------------ what may not be read, written or reached

SECRETS = [
    str(SOLUTION),
    str(sandboxes.ANSWER_KEY / "chapter_05.py"),
    str(sandboxes.ANSWER_KEY / "derivations_05.py"),
    str(Path(__file__)),
    "/etc/passwd",
    str(Path.home() / ".bashrc"),
    "/proc/1/environ",
]
PEEK = """
import glob, os
seen = []
for path in {paths!r} + glob.glob({cache!r}) + glob.glob('/proc/[0-9]*/environ') + glob.glob('/proc/[0-9]*/fd/*'):
    if path.split('/')[2] in ('self', str(os.getpid())): continue
    try: seen.append((path, open(path, 'rb').read()[:20]))
    except OSError: pass
z1 = np.array([0.62, 0.2]) if not seen else seen
"""


def test_solutions_tests_and_other_files_can_not_be_read(source, box):
    cache = str(sandboxes.ANSWER_KEY / "__pycache__" / "*")
    graded = judged(with_answer("5.3", PEEK.format(paths=SECRETS, cache=cache)), source, box)
    assert states(graded)["5.3"] == "right", graded.results[0]


def test_the_answer_key_is_neither_imported_nor_in_memory(source, box):
    code = """
import gc, sys
held = [name for name in sys.modules if 'answer_key.' in name]
try:
    import backprop_lab.course.answer_key.chapter_05 as key
    held.append(key)
except (ImportError, PermissionError): pass
try:
    from backprop_lab.course import find_exercise
    held.append(find_exercise('5.3').kind.right)
except (ImportError, PermissionError, ValueError): pass
held += [o for o in gc.get_objects() if type(o).__name__ == 'Exercise']
z1 = 'seen' if held else np.array([0.62, 0.2])
"""
    assert states(judged(with_answer("5.3", code), source, box))["5.3"] == "right"


def test_nothing_is_written_outside_of_the_folder_of_the_worker(source, box, tmp_path):
    places = [
        str(tmp_path),
        str(SOLUTION.parent),
        str(sandboxes.PACKAGE),
        "/tmp",
        "/var/tmp",
        "/dev/shm",
        str(Path.home()),
    ]
    code = f"""
for place in {places!r}:
    for name in ('evil.txt', '../evil.txt'):
        try: open(place + '/' + name, 'w').write('x')
        except OSError: pass
import os
for name in ('link',):
    try:
        os.symlink({str(tmp_path)!r}, name); open(name + '/evil.txt', 'w').write('x')
    except OSError: pass
z1 = np.array([0.62, 0.2])
"""
    graded = judged(with_answer("5.3", code), source, box)
    assert states(graded)["5.3"] == "right"
    for place in [*places, str(tmp_path.parent)]:
        assert not (Path(place) / "evil.txt").exists(), place


def test_no_socket_is_opened(source, box):
    with socket.socket() as server, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagrams:
        server.bind(("127.0.0.1", 0))
        server.listen()
        server.settimeout(0.2)
        datagrams.bind(("127.0.0.1", 0))
        datagrams.settimeout(0.2)
        code = f"""
import socket
for port, kind in (({server.getsockname()[1]}, socket.SOCK_STREAM), ({datagrams.getsockname()[1]}, socket.SOCK_DGRAM)):
    try:
        s = socket.socket(socket.AF_INET, kind); s.connect(('127.0.0.1', port)); s.send(b'leak')
    except OSError: pass
z1 = np.array([0.62, 0.2])
"""
        graded = judged(with_answer("5.3", code), source, box)
        assert states(graded)["5.3"] == "right"
        with pytest.raises(TimeoutError):
            server.accept()
        with pytest.raises(TimeoutError):
            datagrams.recv(10)


def test_one_student_leaves_nothing_for_the_next(source, box):
    code = """
import os, tempfile, builtins, numpy, backprop_lab
builtins.left = 1
numpy.left = 1
backprop_lab.left = 1
for place in ('left.txt', os.path.join(tempfile.gettempdir(), 'left.txt'), '/tmp/left.txt'):
    try: open(place, 'w').write('x')
    except OSError: pass
"""
    judge("eve", with_cell(code).cells, source, box, SHORT)
    look = """
import builtins, glob, numpy, os, backprop_lab
found = [m for m in (builtins, numpy, backprop_lab) if hasattr(m, 'left')]
for pattern in ('/tmp/**', '*', '../**'): found += [p for p in glob.glob(pattern, recursive=True) if 'left' in p]
z1 = found or np.array([0.62, 0.2])
"""
    assert states(judge("ann", with_answer("5.3", look).cells, source, box, SHORT))["5.3"] == "right"


def test_workers_have_random_numbers_of_their_own(source, box):
    code = "z1 = np.random.random(2)"
    graded = [judge("ann", with_answer("5.3", code).cells, source, box, SHORT) for _ in range(2)]
    assert all(each.results[0].state == "not yet" for each in graded)


def test_no_environment_variable_of_the_grader_is_seen(source, box, monkeypatch):
    code = "import os\nz1 = [k for k in os.environ if 'TOKEN' in k or 'SECRET' in k] or np.array([0.62, 0.2])"
    assert states(judged(with_answer("5.3", code), source, box))["5.3"] == "right"


# ------------------------------------------------------------------ notebooks that were tampered with


def test_tests_that_were_deleted_or_edited_are_put_back(source, box):
    notebook = with_answer("5.3", "z1 = np.array([1.0, 2.0])")
    notebook.cells = [cell for cell in notebook.cells if cell.metadata.nbgrader.get("grade_id") != "check-5-3"]
    graded = judged(notebook, source, box)
    assert states(graded) == {"5.3": "not yet", "5.10": "right", "5.15": "right", "5.18": "open"}
    assert "cells deleted" in graded.flags
    notebook = with_answer("5.3", "z1 = np.array([1.0, 2.0])")
    for cell in notebook.cells:
        if cell.metadata.nbgrader.get("grade"):
            cell.source = "100"
            cell.metadata.nbgrader["points"] = 1000
    graded = judged(notebook, source, box)
    assert states(graded)["5.3"] == "not yet"
    assert graded.points == 9


def test_given_cells_that_were_edited_or_deleted_are_put_back(source, box):
    notebook = honest()
    for cell in notebook.cells:
        if cell.metadata.nbgrader.get("grade_id") in ("set-up", "sister"):
            cell.source = "sigmoid = check = None"
    notebook.cells = [cell for cell in notebook.cells if cell.metadata.nbgrader.get("grade_id") != "symbols"]
    assert set(states(judged(notebook, source, box)).values()) == {"right", "open"}


def test_answers_that_claim_to_be_tests_and_tests_twice(source, box):
    notebook = honest()
    fake = nbformat.v4.new_code_cell("z1 = None")
    fake.metadata.nbgrader = {"grade_id": "check-5-3", "grade": True, "solution": False, "points": 50}
    notebook.cells += [fake, fake]
    assert set(states(judged(notebook, source, box)).values()) == {"right", "open"}


def test_another_chapter_gets_no_points_and_says_why(source, box):
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1 + 1")])
    for cell in notebook.cells:
        cell.metadata.nbgrader = {}
    graded = judged(notebook, source, box)
    assert graded.earned == 0
    assert any("another notebook" in flag for flag in graded.flags)


def test_an_untouched_exercise_is_not_answered_and_not_wrong(source, box):
    notebook = solution()
    for cell in notebook.cells:
        before, _, rest = cell.source.partition("### BEGIN SOLUTION")
        if rest and cell.cell_type == "code":
            cell.source = (
                before + "raise NotImplementedError('replace this line with your answer')"
                if "def " not in before
                else before.rstrip(" ") + "    raise NotImplementedError('replace this line with your answer')"
            )
    graded = judged(notebook, source, box)
    assert {states(graded)[number] for number in CHECKED} == {"not answered yet"}
    assert not graded.flags


def test_half_letters_and_control_characters_break_no_file(source, box):
    notebook = with_cell("print('\\ud800 \\x00 \\x1b[31m')", notebook=with_answer("5.3", "z1 = '\\ud800'"))
    graded = judged(notebook, source, box)
    repr(graded).encode("utf-8")
    assert "\ud800" not in graded.cells[0]["output"]
    json.dumps(graded.as_json(), ensure_ascii=False).encode("utf-8")


def test_a_notebook_of_very_many_cells_ends(source, box):
    notebook = honest()
    many = [copy.copy(notebook.cells[0]) for _ in range(3000)]
    check = next(cell for cell in notebook.cells if cell.metadata.nbgrader.get("grade_id") == "check-5-3")
    notebook.cells += [cell for pair in zip(many, [check] * 3000, strict=True) for cell in pair]
    graded = judged(notebook, source, box)
    assert len(graded.results) == 4
    assert len(graded.cells) <= 200


def test_no_verdict_tells_a_right_number(source, box):
    graded = judged(with_answer("5.3", "z1 = np.array([5.0, 7.0])"), source, box)
    assert "0.62" not in graded.results[0].message


# ------------------------------------------------------------------ the tester tested


def test_without_confinement_the_same_code_does_reach_files_and_sockets(source):
    """The attacks above are attacks: where nothing holds them back, they succeed."""
    weak = Sandbox(LEVELS["rlimits"], source.modules)
    try:
        cache = str(sandboxes.ANSWER_KEY / "__pycache__" / "*")
        graded = judge("eve", with_answer("5.3", PEEK.format(paths=SECRETS, cache=cache)).cells, source, weak, SHORT)
        assert states(graded)["5.3"] != "right"
    finally:
        weak.close()


def test_no_worker_is_left(source, box):
    """All workers of this run are ended when their submission is judged."""
    judge("ann", honest().cells, source, box, SHORT)
    family = psutil.Process().children(recursive=True)
    servers = [each for each in family if "backprop_lab.grading.warm" in each.cmdline() and each.name() != "bwrap"]
    assert not [each for each in servers if each.parent() in servers]
    assert threading.active_count() < 20
    assert sys.platform != "linux" or len(os.listdir("/proc/self/fd")) < 200
    assert np.isfinite(1.0)
