"""Backprop Lab: backpropagation that can be read, checked and used.

The mathematics needs NumPy and SymPy only; the interactives live in `backprop_lab.widgets`, the exercises in
`backprop_lab.course`.
"""

from backprop_lab.activations import Activation as Activation
from backprop_lab.activations import identity as identity
from backprop_lab.activations import relu as relu
from backprop_lab.activations import sigmoid as sigmoid
from backprop_lab.activations import softmax as softmax
from backprop_lab.activations import tanh as tanh
from backprop_lab.chain_rule import Chain as Chain
from backprop_lab.chain_rule import ChainPoint as ChainPoint
from backprop_lab.chain_rule import find_chain as find_chain
from backprop_lab.data import digits as digits
from backprop_lab.data import xor as xor
from backprop_lab.gradient_check import GradientCheck as GradientCheck
from backprop_lab.gradient_check import check_gradient as check_gradient
from backprop_lab.gradient_check import numerical_gradient as numerical_gradient
from backprop_lab.losses import Loss as Loss
from backprop_lab.losses import binary_cross_entropy as binary_cross_entropy
from backprop_lab.losses import categorical_cross_entropy as categorical_cross_entropy
from backprop_lab.losses import half_squared_error as half_squared_error
from backprop_lab.losses import mean_squared_error as mean_squared_error
from backprop_lab.network import Gradients as Gradients
from backprop_lab.network import Network as Network
from backprop_lab.optimizers import GradientDescent as GradientDescent
from backprop_lab.trace import Trace as Trace
from backprop_lab.trace import trace_step as trace_step
from backprop_lab.training import History as History
from backprop_lab.training import accuracy as accuracy
from backprop_lab.training import one_hot as one_hot
from backprop_lab.training import train as train

__version__ = "0.1.0"
