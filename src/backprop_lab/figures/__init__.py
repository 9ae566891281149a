"""Pictures: numbers in, picture out. Matplotlib for plots that do not move, SVG text for those that do."""

from backprop_lab.figures.style import BACKWARD as BACKWARD
from backprop_lab.figures.style import FORWARD as FORWARD
from backprop_lab.figures.style import use_book_style as use_book_style
