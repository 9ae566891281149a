"""A backend for matplotlib, `module://backprop_lab.live.backend`: its figures go to the page, in the book's style."""

from matplotlib.backends.backend_agg import FigureCanvasAgg as FigureCanvas

from backprop_lab.figures import use_book_style
from backprop_lab.live.figures import show

__all__ = ["FigureCanvas", "show"]

use_book_style()
