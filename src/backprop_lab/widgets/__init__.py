"""Interactives: one file each, over one frame player."""

from backprop_lab.widgets.backprop_stepper import backprop_stepper as backprop_stepper
from backprop_lab.widgets.chain_rule_explorer import chain_rule_explorer as chain_rule_explorer
from backprop_lab.widgets.nudge import nudge as nudge
from backprop_lab.widgets.quick_check import quick_check as quick_check
