"""The four equations of backpropagation, BP1 to BP4, for a network of symbols."""

from __future__ import annotations

from collections.abc import Iterator

import sympy

from backprop_lab.derivation.expressions import Formula, column, gradient, jacobian, latex, matrix, partial
from backprop_lab.derivation.network_of_symbols import (
    SymbolicNetwork,
    hidden_error,
    loss_gradient,
    slopes,
    times,
)
from backprop_lab.derivation.output_layers import softmax_jacobian, sums_to_one
from backprop_lab.derivation.steps import Derivation, Step

__all__ = ["derive_backpropagation"]

NIELSEN = "Nielsen (2015), Neural Networks and Deep Learning, chapter 2"
TITLES = {
    "BP1": "BP1, the delta of the output layer",
    "BP2": "BP2, the delta of a hidden layer from that of the layer above",
    "BP3": "BP3, the gradient of the weights",
    "BP4": "BP4, the gradient of the biases",
}


def derive_backpropagation(network: SymbolicNetwork) -> dict[str, Derivation]:
    r"""Derive the four equations BP1 to BP4 for a network, by index and as matrices.

    The names are those of Nielsen (2015, chapter 2), whose BP3 (bias) and BP4 (weights) change places here.

    The witness of each is SymPy's derivative of the network's own formula: of the loss, written out as one nested
    function, with respect to every $z^{l}_{j}$, $w^{l}_{jk}$ and $b^{l}_{j}$.

    Parameters
    ----------
    network : SymbolicNetwork

    Returns
    -------
    dict of str to Derivation
        "BP1", "BP2" (only with a hidden layer; last one first), "BP3", "BP4". The symbols of delta are defined as the
        derivatives with respect to z.

    Examples
    --------
    >>> from backprop_lab.derivation.network_of_symbols import symbolic_network
    >>> equations = derive_backpropagation(symbolic_network([2, 2, 1]))
    >>> [(name, bool(derivation.equal), derivation.equal.how) for name, derivation in equations.items()]
    [('BP1', True, 'symbolic'), ('BP2', True, 'symbolic'), ('BP3', True, 'symbolic'), ('BP4', True, 'symbolic')]
    """
    layers = range(len(network.z))
    composed = network.cost_from()
    errors = [gradient(network.cost_from(z), z) for z in network.z]
    meanings = [pair for pairs in map(zip, network.delta, errors) for pair in pairs]
    steps = {
        "BP1": tuple(_bp1(network, errors[-1])),
        "BP2": tuple(step for l in reversed(layers[:-1]) for step in _bp2(network, l, errors[l])),
        "BP3": tuple(step for l in layers for step in _bp3(network, l, composed)),
        "BP4": tuple(_bp4(network, l, composed) for l in layers),
    }
    definitions = (*network.forward, *meanings)
    return {name: Derivation(TITLES[name], steps[name], definitions, NIELSEN) for name in TITLES if steps[name]}


def _bp1(network: SymbolicNetwork, error: Formula) -> Iterator[Step]:
    L, a, y = len(network.z), network.a[-1], network.y
    is_softmax = network.activations[-1] == "softmax"
    yield Step(
        "How the loss changes with each prediction.",
        rf"\nabla_{{a^{{{L}}}}} C = {latex(loss_gradient(network))}",
        loss_gradient(network),
        gradient(network.cost, a),
    )
    yield from (_bp1_softmax if is_softmax else _bp1_element_wise)(network, error)
    if network.matched:
        more = " and the targets sum to 1" if is_softmax else ""
        words = f"Loss and activation match, so that the slope cancels{more}."
        formula = rf"\delta^{{{L}}} = a^{{{L}}} - y = {latex(a - y)}"
        yield Step(words, formula, a - y, error, sums_to_one(y) if is_softmax else ())


def _bp1_element_wise(network: SymbolicNetwork, error: Formula) -> Iterator[Step]:
    L, a, z = len(network.z), network.a[-1], network.z[-1]
    da, slope = loss_gradient(network), slopes(network, len(network.z) - 1)
    yield Step(
        "Each output depends on its own z alone: slopes, and zeros off the diagonal.",
        rf"f'(z^{{{L}}}) = {latex(slope)}",
        slope,
        column(jacobian(network.written_out(a, z), z).diagonal()),
    )
    by_index = column(d * s for d, s in zip(da, slope, strict=True))
    yield Step(
        "By index: one path from z_j to the loss, through a_j; multiply along it.",
        rf"\delta^{{{L}}}_j = {partial('C', f'a^{{{L}}}_j')}\, f'(z^{{{L}}}_j) = {latex(by_index)}",
        by_index,
        error,
    )
    claim = times(da, slope)
    formula = rf"\delta^{{{L}}} = \nabla_{{a^{{{L}}}}} C \odot f'(z^{{{L}}}) = {latex(claim)}"
    yield Step("As one equation, entry by entry.", formula, claim, error)


def _bp1_softmax(network: SymbolicNetwork, error: Formula) -> Iterator[Step]:
    L, a, z = len(network.z), network.a[-1], network.z[-1]
    da_dz, full = partial(f"a^{{{L}}}", f"z^{{{L}}}"), softmax_jacobian(a)
    yield Step(
        "Every output of softmax depends on every z: a full Jacobian.",
        rf"{da_dz} = \operatorname{{diag}}(a^{{{L}}}) - a^{{{L}}} (a^{{{L}}})^{{\mathsf T}} = {latex(full)}",
        full,
        jacobian(network.written_out(a, z), z),
    )
    claim = full.T * loss_gradient(network)
    paths = rf"\sum_i {partial('C', f'a^{{{L}}}_i')} {partial(f'a^{{{L}}}_i', f'z^{{{L}}}_j')}"
    yield Step(
        "By index: z_j reaches the loss through every output, so add over the paths.",
        rf"\delta^{{{L}}}_j = {paths} = {latex(claim)}",
        claim,
        error,
    )
    product = rf"\left({da_dz}\right)^{{\mathsf T}} \nabla_{{a^{{{L}}}}} C"
    formula = rf"\delta^{{{L}}} = {product} = {latex(claim)}"
    yield Step("As one equation, entry by entry.", formula, claim, error)


def _bp2(network: SymbolicNetwork, l: int, error: Formula) -> Iterator[Step]:
    here, above = l + 1, l + 2  # as layers are counted in prose
    a, W, delta, slope = network.a[l + 1], network.W[l + 1], network.delta[l + 1], slopes(network, l)
    meanings = dict(network.forward)
    yield Step(
        f"How layer {above} changes with what layer {here} sends on: the weights between them.",
        rf"{partial(f'z^{{{above}}}', f'a^{{{here}}}')} = W^{{{above}}} = {latex(W)}",
        W,
        jacobian([meanings[entry] for entry in network.z[l + 1]], a),
    )
    yield Step(
        f"Each a_j reaches the loss through every unit of layer {above}: add over the paths, backward through W.",
        rf"{partial('C', f'a^{{{here}}}_j')} = \sum_k w^{{{above}}}_{{kj}}\, \delta^{{{above}}}_k = "
        rf"{latex(W.T * delta)}",
        W.T * delta,
        gradient(network.cost_from(a), a),
    )
    yield Step(
        "The slopes of the activation.",
        rf"f'(z^{{{here}}}) = {latex(slope)}",
        slope,
        column(sympy.diff(meanings[entry], z) for entry, z in zip(a, network.z[l], strict=True)),
    )
    claim = hidden_error(network, l)
    yield Step(
        "As one equation, entry by entry.",
        rf"\delta^{{{here}}} = \left((W^{{{above}}})^{{\mathsf T}} \delta^{{{above}}}\right) \odot f'(z^{{{here}}}) = "
        rf"{latex(claim)}",
        claim,
        error,
    )


def _bp3(network: SymbolicNetwork, l: int, composed: Formula) -> Iterator[Step]:
    here, delta, a = l + 1, network.delta[l], network.a[l]
    below, transposed = (f"a^{{{l}}}", rf"(a^{{{l}}})^{{\mathsf T}}") if l else ("x", r"x^{\mathsf T}")
    witness = gradient(composed, network.W[l])
    yield Step(
        "By index: the weight from k to j enters z_j alone, with the factor a_k.",
        rf"{partial('C', f'w^{{{here}}}_{{jk}}')} = \delta^{{{here}}}_j\, {below}_k",
        matrix([d * p for p in a] for d in delta),
        witness,
    )
    claim = delta * a.T
    yield Step(
        "As one equation: a column times a row, in the shape of W.",
        rf"{partial('C', f'W^{{{here}}}')} = \delta^{{{here}}} {transposed} = {latex(claim)}",
        claim,
        witness,
    )


def _bp4(network: SymbolicNetwork, l: int, composed: Formula) -> Step:
    here, delta = l + 1, network.delta[l]
    return Step(
        "A bias enters z with the factor 1: its gradient is the error itself.",
        rf"{partial('C', f'b^{{{here}}}')} = \delta^{{{here}}} = {latex(delta)}",
        delta,
        gradient(composed, network.b[l]),
    )
