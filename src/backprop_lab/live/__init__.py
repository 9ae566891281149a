"""Run the cells of a page in the browser: what a cell needs of those above it, what it prints and shows, its verdict.

It runs in Pyodide, inside the worker of a page (`book/_live/worker.js`), and in any other Python. Nothing but NumPy is
imported before code asks for it.
"""

from backprop_lab.course.checks import hint_text as hint_text
from backprop_lab.live.page import check_cell as check_cell
from backprop_lab.live.page import run_cell as run_cell
