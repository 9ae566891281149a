"""The exercise side of the course: `check` an answer, ask for a `hint`, `check_repair` of a broken notebook.

Needs NumPy, and SymPy for derivations; what releases exercises, `backprop_lab.course.release`, needs nbgrader as well.
"""

from backprop_lab.course.checks import check as check
from backprop_lab.course.checks import exercises as exercises
from backprop_lab.course.checks import find_exercise as find_exercise
from backprop_lab.course.checks import hint as hint
from backprop_lab.course.checks import progress as progress
from backprop_lab.course.exercise import Exercise as Exercise
from backprop_lab.course.repairs import check_repair as check_repair
from backprop_lab.course.verdict import NotAnswered as NotAnswered
from backprop_lab.course.verdict import NotYet as NotYet
