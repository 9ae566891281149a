"""Computation graphs: a program's numbers remember how they were computed, and the gradient follows from that.

Arithmetic with a `Node` gives a new node, which knows its operands and its local derivative (slope) with respect to
each. `gradient(f)` then walks from f back to the inputs: each node multiplies the gradient that it has received by its
slopes and hands the products to its operands, where those from several paths are added up. That is reverse
accumulation (Linnainmaa 1970, 1976), and backpropagation where the program is a neural network.

    >>> x, y = Node(2, "x"), Node(3, "y")
    >>> f = (x + y) * y
    >>> grad = gradient(f)
    >>> f.value, grad[x], grad[y]
    (15.0, 3.0, 8.0)

To read in this order: `operation` says what an operation is, `rules` lists them, each with its derivative;
`differentiable` gives numbers their operators and `node` lets them remember; `order` and `backward` are
backpropagation. `evaluation`, `path` and `counting` ask the same graph other questions.
"""

from backprop_lab.computation_graph.backward import Gradient as Gradient
from backprop_lab.computation_graph.backward import gradient as gradient
from backprop_lab.computation_graph.counting import OperationCount as OperationCount
from backprop_lab.computation_graph.counting import count_operations as count_operations
from backprop_lab.computation_graph.counting import slope_cost as slope_cost
from backprop_lab.computation_graph.differentiable import Differentiable as Differentiable
from backprop_lab.computation_graph.evaluation import evaluate as evaluate
from backprop_lab.computation_graph.node import Edge as Edge
from backprop_lab.computation_graph.node import Node as Node
from backprop_lab.computation_graph.operation import NUMBERS as NUMBERS
from backprop_lab.computation_graph.operation import Number as Number
from backprop_lab.computation_graph.operation import Operation as Operation
from backprop_lab.computation_graph.order import topological_order as topological_order
from backprop_lab.computation_graph.path import Path as Path
from backprop_lab.computation_graph.path import paths as paths
from backprop_lab.computation_graph.rules import OPERATIONS as OPERATIONS
from backprop_lab.computation_graph.rules import acos as acos
from backprop_lab.computation_graph.rules import asin as asin
from backprop_lab.computation_graph.rules import atan as atan
from backprop_lab.computation_graph.rules import cos as cos
from backprop_lab.computation_graph.rules import cosh as cosh
from backprop_lab.computation_graph.rules import exp as exp
from backprop_lab.computation_graph.rules import log as log
from backprop_lab.computation_graph.rules import maximum as maximum
from backprop_lab.computation_graph.rules import minimum as minimum
from backprop_lab.computation_graph.rules import relu as relu
from backprop_lab.computation_graph.rules import sigmoid as sigmoid
from backprop_lab.computation_graph.rules import sin as sin
from backprop_lab.computation_graph.rules import sinh as sinh
from backprop_lab.computation_graph.rules import sqrt as sqrt
from backprop_lab.computation_graph.rules import tan as tan
from backprop_lab.computation_graph.rules import tanh as tanh
