"""The experiments of chapter 15 with TensorFlow and Keras."""

import keras
import numpy as np
import tensorflow as tf
from shared import count, kind

VERSION = tf.__version__
keras.config.set_floatx("float64")  # float32 is the default


# ------------------------------------------------ the same network


def build(weights):
    """Return a network with these weights, a list of (W, b)."""
    layers = [keras.Input([weights[0][0].shape[1]])]
    for _, b in weights:
        layers += [
            keras.layers.Dense(len(b)),
            keras.layers.Activation("tanh"),
        ]
    net = keras.Sequential(layers[:-1])  # the loss has the softmax
    net.set_weights([array for W, b in weights for array in (W.T, b)])
    return net  # each kernel is (n_in, n_out)


def loss_and_gradients(weights, x, y):
    """Return C, and dW1, db1, dW2, db2 and so on."""
    net = build(weights)
    cost = keras.losses.CategoricalCrossentropy(from_logits=True)
    with tf.GradientTape() as tape:
        loss = cost(y, net(x))  # the target comes first
    gradients = tape.gradient(loss, net.trainable_variables)
    return float(loss), [np.transpose(g) for g in gradients]


def train(weights, x, y, learning_rate, steps):
    """Return the loss before each of the steps."""
    net = build(weights)
    optimizer = keras.optimizers.SGD(learning_rate)
    cost = keras.losses.CategoricalCrossentropy(from_logits=True)
    losses = []
    for _ in range(steps):
        with tf.GradientTape() as tape:  # a new tape every time
            loss = cost(y, net(x))  # forward
        losses.append(float(loss))
        gradients = tape.gradient(loss, net.trainable_variables)
        optimizer.apply_gradients(
            zip(gradients, net.trainable_variables, strict=True)
        )
    return losses


# ------------------------------------------------ every layer's delta


def deltas(weights, x, y):
    """Return dC/dz of every layer, first layer first."""
    net, a, z = build(weights), tf.constant(x), []
    cost = keras.losses.CategoricalCrossentropy(from_logits=True)
    with tf.GradientTape() as tape:
        for layer in net.layers:
            a = layer(a)
            if isinstance(layer, keras.layers.Dense):
                z.append(a)
        loss = cost(y, a)
    return [d.numpy() for d in tape.gradient(loss, z)]


# ------------------------------------------------ a layer of our own


@tf.custom_gradient
def Softplus(z):
    """Return ln(1 + exp(z)), and its backward rule with it."""

    def backward(da):
        return da * tf.sigmoid(z)

    return tf.maximum(z, 0) + tf.math.log1p(
        tf.exp(-tf.abs(z))
    ), backward


def softplus(z, da):
    """Return a, and dC/dz for the upstream gradient da."""
    z = tf.Variable(z)
    with tf.GradientTape() as tape:
        a = Softplus(z)
    dz = tape.gradient(a, z, output_gradients=tf.constant(da))
    return a.numpy(), dz.numpy()


@tf.custom_gradient
def StraightThrough(z):
    """Round to whole numbers, and hand the gradient through."""

    def backward(da):
        return da

    return tf.round(z), backward


def own_checker(z):
    """Say whether compute_gradient finds the same by differences."""
    accepted = []
    for layer in (Softplus, StraightThrough):
        claimed, moved = tf.test.compute_gradient(
            layer, [tf.constant(z)]
        )
        accepted.append(bool(np.allclose(claimed, moved, atol=1e-6)))
    return accepted


def plain_softplus(z):
    """Return the slope of ln(1 + exp(z)), by the tape."""
    z = tf.Variable(z)
    with tf.GradientTape() as tape:
        a = tf.math.log(1 + tf.exp(z))
    return tape.gradient(a, z).numpy()


# ------------------------------------------------ not a number


def careless(z):
    """Return z where it is large, else ln(1 + exp(z))."""
    return tf.where(z > 30, z, tf.math.log(1 + tf.exp(z)))


def find_nan(weights, x, y):
    """Return loss, |dW| of each layer, and what the debugger says."""
    net = build(weights)
    net.layers[1].activation = careless  # was layer 1's tanh
    cost = keras.losses.CategoricalCrossentropy(from_logits=True)

    def run():
        with tf.GradientTape() as tape:
            loss = cost(y, net(x))
        return loss, tape.gradient(loss, net.trainable_variables[::2])

    loss, gradients = run()
    norms = [float(tf.norm(g)) for g in gradients]
    return float(loss), norms, stop_at_nan(run)


def stop_at_nan(run):
    """Run with the switch on, and return what it says."""
    tf.debugging.enable_check_numerics()
    try:
        run()
    except tf.errors.InvalidArgumentError as error:
        return error.message.split("!!!")[1].strip()
    finally:
        tf.debugging.disable_check_numerics()
    return "nothing"


# ------------------------------------------------ a silent layer


def silent(weights, x, y):
    """Return dW1, and whether W1 moved, in three broken networks."""
    found = {}
    cost = keras.losses.CategoricalCrossentropy(from_logits=True)
    for fault in ("cut", "dead", "left out"):
        net = build(weights)
        first, rest = net.layers[0], net.layers[2:]
        before = first.kernel.numpy()
        if fault == "dead":
            first.bias.assign_sub(100 * tf.ones_like(first.bias))
        with tf.GradientTape() as tape:
            a = tf.nn.relu(first(x))
            if fault == "cut":
                a = tf.stop_gradient(a)
            for layer in rest:
                a = layer(a)
            loss = cost(y, a)
        variables = net.trainable_variables
        gradients = tape.gradient(loss, variables)
        pairs = list(zip(gradients, variables, strict=True))
        learning = pairs[2:] if fault == "left out" else pairs
        reached = [(g, v) for g, v in learning if g is not None]
        keras.optimizers.SGD(0.1).apply_gradients(reached)
        moved = bool((first.kernel.numpy() != before).any())
        found[fault] = kind(pairs[0][0]), moved
    return found


# ------------------------------------------------ once more


def again(weights, x, y, calls):
    """Return the norm of the whole gradient after each call."""
    net, norms = build(weights), []
    cost = keras.losses.CategoricalCrossentropy(from_logits=True)
    for _ in range(calls):
        with tf.GradientTape() as tape:
            loss = cost(y, net(x))
        gradients = tape.gradient(loss, net.trainable_variables)
        norms.append(float(tf.linalg.global_norm(gradients)))
    return norms


def listed(output, target):
    """Return the shape of MSE, and its gradient over the mean's."""
    a = tf.Variable(output)
    with tf.GradientTape(persistent=True) as tape:
        many = tf.keras.losses.MSE(target, a)  # the function
        mean = keras.losses.MeanSquaredError()(target, a)  # the class
    of_many, of_mean = tape.gradient(many, a), tape.gradient(mean, a)
    return list(many.shape), float(tf.norm(of_many) / tf.norm(of_mean))


# ------------------------------------------------ the graph


def f(x, y):
    """Return (x + y) y, which chapter 3 drew."""
    return (x + y) * y


def graph(x, y):
    """Return the graph of f in the words of the framework."""
    number = tf.TensorSpec([], tf.float64)
    traced = tf.function(f).get_concrete_function(number, number)
    return ", ".join(op.type for op in traced.graph.get_operations())


def runs(arrays):
    """Return how often the Python code ran for these calls."""
    arrays = [tf.constant(x) for x in arrays]
    return {
        "plain": count(arrays),
        "tf.function": count(arrays, tf.function),
    }


def branch(x):
    """Return the answers of a function with an `if` in it."""

    def size(x):
        if x > 0:
            return x
        return -x

    x = tf.constant(x)
    return {
        "plain": float(size(x)),
        "tf.function": float(tf.function(size)(x)),
    }
