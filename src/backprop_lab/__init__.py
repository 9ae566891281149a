"""Backprop Lab: backpropagation that can be read, checked and used.

The mathematics needs NumPy and SymPy only; the interactives live in `backprop_lab.widgets`, the exercises in
`backprop_lab.course`. What a chapter needs once in a while is imported from its module: `backprop_lab.layers`,
`backprop_lab.computation_graph`, `backprop_lab.derivation`, `backprop_lab.checkpointing`, `backprop_lab.beyond`.
"""

from typing import TYPE_CHECKING

from backprop_lab.activations import Activation as Activation
from backprop_lab.activations import elu as elu
from backprop_lab.activations import gelu as gelu
from backprop_lab.activations import identity as identity
from backprop_lab.activations import leaky_relu as leaky_relu
from backprop_lab.activations import relu as relu
from backprop_lab.activations import sigmoid as sigmoid
from backprop_lab.activations import softmax as softmax
from backprop_lab.activations import softplus as softplus
from backprop_lab.activations import tanh as tanh
from backprop_lab.clipping import Clipping as Clipping
from backprop_lab.computation_graph import Node as Node
from backprop_lab.computation_graph import gradient as gradient
from backprop_lab.data import diabetes as diabetes
from backprop_lab.data import digits as digits
from backprop_lab.data import wine as wine
from backprop_lab.data import xor as xor
from backprop_lab.dual_numbers import Dual as Dual
from backprop_lab.dual_numbers import derivative as derivative
from backprop_lab.gradient_check import GradientCheck as GradientCheck
from backprop_lab.gradient_check import check_directions as check_directions
from backprop_lab.gradient_check import check_gradient as check_gradient
from backprop_lab.gradient_check import numerical_gradient as numerical_gradient
from backprop_lab.gradient_check import step_errors as step_errors
from backprop_lab.gradient_flow import FlowRecorder as FlowRecorder
from backprop_lab.gradient_flow import GradientFlow as GradientFlow
from backprop_lab.gradient_flow import measure_gradient_flow as measure_gradient_flow
from backprop_lab.initialization import constant as constant
from backprop_lab.initialization import normal as normal
from backprop_lab.initialization import orthogonal as orthogonal
from backprop_lab.layers import Layer as Layer
from backprop_lab.layers import Sequential as Sequential
from backprop_lab.layers import check_layer as check_layer
from backprop_lab.losses import Loss as Loss
from backprop_lab.losses import binary_cross_entropy as binary_cross_entropy
from backprop_lab.losses import categorical_cross_entropy as categorical_cross_entropy
from backprop_lab.losses import half_squared_error as half_squared_error
from backprop_lab.losses import hinge as hinge
from backprop_lab.losses import mean_squared_error as mean_squared_error
from backprop_lab.network import Gradients as Gradients
from backprop_lab.network import Network as Network
from backprop_lab.network_check import NetworkCheck as NetworkCheck
from backprop_lab.network_check import check_network as check_network
from backprop_lab.network_check import find_wrong_weight as find_wrong_weight
from backprop_lab.optimizers import SGD as SGD
from backprop_lab.optimizers import AdaGrad as AdaGrad
from backprop_lab.optimizers import Adam as Adam
from backprop_lab.optimizers import AdamW as AdamW
from backprop_lab.optimizers import GradientDescent as GradientDescent
from backprop_lab.optimizers import Momentum as Momentum
from backprop_lab.optimizers import Nesterov as Nesterov
from backprop_lab.optimizers import RMSProp as RMSProp
from backprop_lab.recorded import RecordedStep as RecordedStep
from backprop_lab.regularization import L1 as L1
from backprop_lab.regularization import L2 as L2
from backprop_lab.regularization import EarlyStopping as EarlyStopping
from backprop_lab.regularization import add_noise as add_noise
from backprop_lab.regularization import random_shift as random_shift
from backprop_lab.schedules import CosineAnnealing as CosineAnnealing
from backprop_lab.schedules import StepDecay as StepDecay
from backprop_lab.schedules import WarmUp as WarmUp
from backprop_lab.trace import Trace as Trace
from backprop_lab.trace import trace_step as trace_step
from backprop_lab.training import History as History
from backprop_lab.training import accuracy as accuracy
from backprop_lab.training import one_hot as one_hot
from backprop_lab.training import train as train

if TYPE_CHECKING:
    from backprop_lab.chain_rule import Chain as Chain
    from backprop_lab.chain_rule import ChainPoint as ChainPoint
    from backprop_lab.chain_rule import find_chain as find_chain
else:
    _WITH_SYMPY = ("Chain", "ChainPoint", "find_chain")

    def __getattr__(name):
        """Import what needs SymPy when it is first asked for: SymPy takes longer than all the rest together."""
        if name in _WITH_SYMPY:
            from backprop_lab import chain_rule

            return getattr(chain_rule, name)
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

    def __dir__():
        return sorted({*globals(), *_WITH_SYMPY})


__version__ = "0.1.0"
