"""Who is measured. Each file here is one peer, written as its users would write it, with three functions.

    build(problem)      the network with the problem's weights, its batch, and what is made before training
    answer(state)       its gradient: (dW, db) of each layer, as NumPy arrays, dW of shape (n_out, n_in)
    work(state, n)      n training steps: forward, loss, backward, and a step of plain gradient descent

`build` raises `MissingError` where the peer can't do the problem. A step computes the loss but need not hand it over
as a Python number.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Peer:
    """A peer: the key by which the command line knows it, its title in the tables, and whether it has a gradient."""

    key: str
    title: str
    module: str
    yardstick: bool = False


PEERS = {
    key: Peer(key, title, f"benchmarks.peers.{module}", module == "bare_products")
    for key, title, module in (
        ("ours", "ours (RecordedStep)", "ours"),
        ("read", "ours, to read", "ours_to_read"),
        ("train", "ours, train()", "ours_train"),
        ("textbook", "textbook NumPy", "textbook"),
        ("torch", "PyTorch eager", "torch_eager"),
        ("compile", "torch.compile, whole step", "torch_compiled"),
        ("jax", "JAX jit, per step", "jax_jit"),
        ("jaxloop", "JAX, many steps in one jit", "jax_loop"),
        ("autograd", "HIPS autograd", "hips_autograd"),
        ("sklearn", "scikit-learn", "scikit_learn"),
        ("micrograd", "micrograd", "micrograd_values"),
        ("products", "the bare products", "bare_products"),
    )
}
