"""Beyond backpropagation: what else a network can learn from, beside backpropagation on the same problems."""

from backprop_lab.beyond.comparison import METHODS as METHODS
from backprop_lab.beyond.comparison import Method as Method
from backprop_lab.beyond.comparison import Result as Result
from backprop_lab.beyond.comparison import compare as compare
from backprop_lab.beyond.comparison import run as run
from backprop_lab.beyond.credit import angle as angle
from backprop_lab.beyond.credit import carry_back as carry_back
from backprop_lab.beyond.credit import gradient_from_deltas as gradient_from_deltas
from backprop_lab.beyond.credit import output_delta as output_delta
from backprop_lab.beyond.descent import Rule as Rule
from backprop_lab.beyond.descent import Run as Run
from backprop_lab.beyond.descent import descend as descend
from backprop_lab.beyond.descent import train_by_backpropagation as train_by_backpropagation
from backprop_lab.beyond.evolution_strategies import GradientEstimate as GradientEstimate
from backprop_lab.beyond.evolution_strategies import estimate_gradient as estimate_gradient
from backprop_lab.beyond.evolution_strategies import train_by_evolution_strategies as train_by_evolution_strategies
from backprop_lab.beyond.feedback_alignment import direct_feedback_deltas as direct_feedback_deltas
from backprop_lab.beyond.feedback_alignment import feedback_deltas as feedback_deltas
from backprop_lab.beyond.feedback_alignment import random_direct_feedback as random_direct_feedback
from backprop_lab.beyond.feedback_alignment import random_feedback as random_feedback
from backprop_lab.beyond.feedback_alignment import (
    train_by_direct_feedback_alignment as train_by_direct_feedback_alignment,
)
from backprop_lab.beyond.feedback_alignment import train_by_feedback_alignment as train_by_feedback_alignment
from backprop_lab.beyond.forward_forward import ForwardForwardNetwork as ForwardForwardNetwork
from backprop_lab.beyond.forward_forward import LocalGradient as LocalGradient
from backprop_lab.beyond.forward_forward import local_gradient as local_gradient
from backprop_lab.beyond.forward_forward import normalized as normalized
from backprop_lab.beyond.forward_forward import train_by_forward_forward as train_by_forward_forward
from backprop_lab.beyond.hebbian import HebbianRun as HebbianRun
from backprop_lab.beyond.hebbian import angle_between_lines as angle_between_lines
from backprop_lab.beyond.hebbian import hebb as hebb
from backprop_lab.beyond.hebbian import oja as oja
from backprop_lab.beyond.hebbian import principal_component as principal_component
from backprop_lab.beyond.hebbian import train_by_hebbian_rule as train_by_hebbian_rule
from backprop_lab.beyond.levenberg_marquardt import LevenbergMarquardtRun as LevenbergMarquardtRun
from backprop_lab.beyond.levenberg_marquardt import damped_step as damped_step
from backprop_lab.beyond.levenberg_marquardt import residual_jacobian as residual_jacobian
from backprop_lab.beyond.levenberg_marquardt import train_by_levenberg_marquardt as train_by_levenberg_marquardt
from backprop_lab.beyond.problems import Problem as Problem
from backprop_lab.beyond.problems import problem as problem
from backprop_lab.beyond.synthetic_gradients import GradientModel as GradientModel
from backprop_lab.beyond.synthetic_gradients import gradient_models as gradient_models
from backprop_lab.beyond.synthetic_gradients import synthetic_deltas as synthetic_deltas
from backprop_lab.beyond.synthetic_gradients import train_by_synthetic_gradients as train_by_synthetic_gradients
