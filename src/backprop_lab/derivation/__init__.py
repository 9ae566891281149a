r"""Derivations as lists of steps, each in LaTeX, in words and as a SymPy expression, and each with a witness.

A step claims something: that a slope is $\sigma(z)(1 - \sigma(z))$, that a gradient is $\delta\, a^{\mathsf T}$. Its
witness is what SymPy finds when it differentiates the composed function and knows nothing of the claim. `equal` puts
the two side by side, entry by entry, and says how it came to its verdict. A slope that SymPy itself takes is its own
witness; what is built from it has another.

| function | what it derives |
|---|---|
| `derive_chain` | the chain rule along a chain of functions of one variable |
| `derive_total_derivative` | the chain rule over several paths, $f(x(t), y(t))$ |
| `derive_jacobian_product`, `derive_vector_jacobian_product` | several outputs: from the input, and from the output |
| `derive_slope` | the slope of an activation |
| `derive_softmax`, `derive_softmax_cross_entropy`, `derive_sigmoid_cross_entropy` | the output layers |
| `derive_backpropagation` | the four equations, for a network of given widths |

`count_multiplications` and `count_operations` say what the shortcuts save.
"""

from backprop_lab.derivation.chain import derive_chain as derive_chain
from backprop_lab.derivation.chain import derive_total_derivative as derive_total_derivative
from backprop_lab.derivation.equality import Equality as Equality
from backprop_lab.derivation.equations import derive_backpropagation as derive_backpropagation
from backprop_lab.derivation.jacobians import VectorFunction as VectorFunction
from backprop_lab.derivation.jacobians import derive_jacobian_product as derive_jacobian_product
from backprop_lab.derivation.jacobians import derive_vector_jacobian_product as derive_vector_jacobian_product
from backprop_lab.derivation.multiplications import Multiplications as Multiplications
from backprop_lab.derivation.multiplications import count_multiplications as count_multiplications
from backprop_lab.derivation.network_of_symbols import SymbolicNetwork as SymbolicNetwork
from backprop_lab.derivation.network_of_symbols import symbolic_network as symbolic_network
from backprop_lab.derivation.output_layers import derive_sigmoid_cross_entropy as derive_sigmoid_cross_entropy
from backprop_lab.derivation.output_layers import derive_softmax as derive_softmax
from backprop_lab.derivation.output_layers import derive_softmax_cross_entropy as derive_softmax_cross_entropy
from backprop_lab.derivation.slopes import derive_slope as derive_slope
from backprop_lab.derivation.steps import Derivation as Derivation
from backprop_lab.derivation.steps import Step as Step
from backprop_lab.derivation.swell import ExpressionSwell as ExpressionSwell
from backprop_lab.derivation.swell import count_operations as count_operations
