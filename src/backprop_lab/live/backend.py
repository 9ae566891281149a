"""A backend for matplotlib, `module://backprop_lab.live.backend`, whose figures go to the page."""

from matplotlib.backends.backend_agg import FigureCanvasAgg as FigureCanvas

from backprop_lab.live.figures import show

__all__ = ["FigureCanvas", "show"]
