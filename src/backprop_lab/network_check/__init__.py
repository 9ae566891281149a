"""Is every gradient of a network right? Ask its forward pass, at every weight.

`check` moves the weights and compares; `judge` runs the forward pass from `complex_formulas`, which are written here a
second time so that the judge shares no code with the accused; `diagnosis` names the mistake; `reports` say what was
found.
"""

from backprop_lab.network_check.check import check_network as check_network
from backprop_lab.network_check.check import find_wrong_weight as find_wrong_weight
from backprop_lab.network_check.reports import NetworkCheck as NetworkCheck
from backprop_lab.network_check.reports import TensorCheck as TensorCheck
from backprop_lab.network_check.reports import WrongWeight as WrongWeight
