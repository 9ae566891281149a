"""The experiments of chapter 15 with JAX."""

import jax
import jax.numpy as jnp
from jax.test_util import check_grads
from shared import count, kind

VERSION = jax.__version__
jax.config.update("jax_enable_x64", True)  # float32 is the default


# ------------------------------------------------ the same network


def forward(weights, x):
    """Return the logits for the weights, a list of (W, b)."""
    for W, b in weights[:-1]:
        x = jnp.tanh(x @ W.T + b)
    W, b = weights[-1]
    return x @ W.T + b  # the loss has the softmax


def cost(weights, x, y):
    """Return C, the mean cross-entropy."""
    log_a = jax.nn.log_softmax(forward(weights, x))
    return -jnp.mean(jnp.sum(y * log_a, axis=1))


def loss_and_gradients(weights, x, y):
    """Return C, and dW1, db1, dW2, db2 and so on."""
    loss, gradients = jax.value_and_grad(cost)(weights, x, y)
    return loss, jax.tree.leaves(gradients)


def train(weights, x, y, learning_rate, steps):
    """Return the loss before each of the steps."""
    losses, step = [], jax.jit(jax.value_and_grad(cost))
    for _ in range(steps):
        loss, gradients = step(weights, x, y)  # forward, backward
        losses.append(float(loss))
        weights = jax.tree.map(
            lambda p, dp: p - learning_rate * dp, weights, gradients
        )
    return losses


# ------------------------------------------------ every layer's delta


def deltas(weights, x, y):
    """Return dC/dz of every layer, first layer first."""
    zeros = [jnp.zeros((len(x), len(b))) for _, b in weights]

    def nudged(nudges):
        a = x
        for (W, b), nudge in zip(weights, nudges, strict=True):
            z = a @ W.T + b + nudge  # plus nothing
            a = jnp.tanh(z)
        return -jnp.mean(jnp.sum(y * jax.nn.log_softmax(z), axis=1))

    return jax.grad(nudged)(zeros)


# ------------------------------------------------ a layer of our own


@jax.custom_vjp
def Softplus(z):
    """Return ln(1 + exp(z))."""
    return jnp.logaddexp(z, 0)


def Softplus_forward(z):
    """Return the activation, and z for the way back."""
    return Softplus(z), z


def Softplus_backward(z, da):
    """Return dC/dz = da * sigmoid(z), one for each input."""
    return (da * jax.nn.sigmoid(z),)


Softplus.defvjp(Softplus_forward, Softplus_backward)


def softplus(z, da):
    """Return a, and dC/dz for the upstream gradient da."""
    a, backward = jax.vjp(Softplus, jnp.array(z))
    (dz,) = backward(jnp.array(da))
    return a, dz


@jax.custom_vjp
def StraightThrough(z):
    """Round to whole numbers, and hand the gradient through."""
    return jnp.round(z)


StraightThrough.defvjp(
    lambda z: (StraightThrough(z), None), lambda _, da: (da,)
)


def own_checker(z):
    """Say whether check_grads accepts the two layers."""
    accepted = []
    for layer in (Softplus, StraightThrough):
        try:
            check_grads(layer, [z], order=1, modes=["rev"], eps=1e-6)
            accepted.append(True)
        except AssertionError:
            accepted.append(False)
    return accepted


def plain_softplus(z):
    """Return the slope of ln(1 + exp(z)), by jax.grad."""
    return jax.grad(lambda z: jnp.sum(jnp.log(1 + jnp.exp(z))))(z)


# ------------------------------------------------ not a number


def careless(z):
    """Return z where it is large, else ln(1 + exp(z))."""
    return jnp.where(z > 30, z, jnp.log(1 + jnp.exp(z)))


def careless_cost(weights, x, y):
    """Return C with careless in place of layer 1's tanh."""
    (W, b), *rest = weights
    return cost(rest, careless(x @ W.T + b), y)


def find_nan(weights, x, y):
    """Return loss, |dW| of each layer, and what the debugger says."""
    backward = jax.value_and_grad(careless_cost)
    loss, gradients = backward(weights, x, y)
    norms = [jnp.linalg.norm(dW) for dW, _ in gradients]
    return loss, norms, stop_at_nan(lambda: backward(weights, x, y))


def stop_at_nan(run):
    """Run with the switch on, and return what it says."""
    try:
        with jax.debug_nans(True):
            run()
    except FloatingPointError as error:
        return str(error)
    return "nothing"


# ------------------------------------------------ a silent layer


def silent(weights, x, y):
    """Return dW1, and whether W1 moved, in three broken networks."""
    found = {}
    for fault in ("cut", "dead", "left out"):
        (W, b), *rest = weights
        start = [(W, b - 100 if fault == "dead" else b), *rest]

        def broken(weights, fault=fault):
            (W, b), *rest = weights
            a = jax.nn.relu(x @ W.T + b)
            a = jax.lax.stop_gradient(a) if fault == "cut" else a
            return cost(rest, a, y)

        gradients = jax.grad(broken)(start)
        stepped = jax.tree.map(
            lambda p, dp: p - 0.1 * dp, start, gradients
        )
        if fault == "left out":
            stepped[0] = start[0]
        moved = bool((stepped[0][0] != W).any())
        found[fault] = kind(gradients[0][0]), moved
    return found


# ------------------------------------------------ once more


def again(weights, x, y, calls):
    """Return the norm of the whole gradient after each call."""
    norms = []
    for _ in range(calls):
        leaves = jax.tree.leaves(jax.grad(cost)(weights, x, y))
        norms.append(jnp.sqrt(sum(jnp.sum(g**2) for g in leaves)))
    return norms


# ------------------------------------------------ the graph


def f(x, y):
    """Return (x + y) y, which chapter 3 drew."""
    return (x + y) * y


def graph(x, y):
    """Return the graph of f in the words of the framework."""
    return str(jax.make_jaxpr(f)(x, y))


def runs(arrays):
    """Return how often the Python code ran for these calls."""
    return {
        "plain": count(arrays),
        "jax.jit": count(arrays, jax.jit),
    }


def branch(x):
    """Return the answers of a function with an `if` in it."""

    def size(x):
        return x if x > 0 else -x

    try:
        compiled = float(jax.jit(size)(x))
    except jax.errors.TracerBoolConversionError as error:
        compiled = type(error).__name__
    return {"plain": float(size(x)), "jax.jit": compiled}
