"""The experiments of chapter 15 with PyTorch."""

import os
import tempfile
import warnings

import numpy as np
import torch
import torch.distributed as dist
from shared import count, kind
from torch import multiprocessing, nn

VERSION = torch.__version__
torch.set_num_threads(1)


# ------------------------------------------------ the same network


def build(weights):
    """Return a network with these weights, a list of (W, b)."""
    layers = []
    for W, b in weights:
        linear = nn.Linear(*W.shape[::-1])  # asks for n_in, n_out
        linear.weight = nn.Parameter(torch.tensor(W))  # (n_out, n_in)
        linear.bias = nn.Parameter(torch.tensor(b))
        layers += [linear, nn.Tanh()]
    return nn.Sequential(*layers[:-1])  # the loss has the softmax


def loss_and_gradients(weights, x, y):
    """Return C, and dW1, db1, dW2, db2 and so on."""
    net, x, y = build(weights), torch.tensor(x), torch.tensor(y)
    loss = nn.CrossEntropyLoss()(net(x), y)
    loss.backward()
    return loss.item(), [p.grad.numpy() for p in net.parameters()]


def train(weights, x, y, learning_rate, steps):
    """Return the loss before each of the steps."""
    net, x, y = build(weights), torch.tensor(x), torch.tensor(y)
    optimizer = torch.optim.SGD(net.parameters(), lr=learning_rate)
    cost, losses = nn.CrossEntropyLoss(), []
    for _ in range(steps):
        optimizer.zero_grad()  # or the gradients add up
        loss = cost(net(x), y)  # forward
        losses.append(loss.item())
        loss.backward()  # backward
        optimizer.step()
    return losses


# ------------------------------------------------ every layer's delta


def deltas(weights, x, y):
    """Return dC/dz of every layer, first layer first."""
    net, found = build(weights), []

    def keep(module, grad_input, grad_output):
        found.insert(0, grad_output[0].numpy())

    for module in net:
        if isinstance(module, nn.Linear):
            module.register_full_backward_hook(keep)
    x = torch.tensor(x, requires_grad=True)  # or layer 1's hook warns
    nn.CrossEntropyLoss()(net(x), torch.tensor(y)).backward()
    return found


# ------------------------------------------------ a layer of our own


class Softplus(torch.autograd.Function):
    """a = ln(1 + exp(z)), with the slope sigmoid(z)."""

    @staticmethod
    def forward(ctx, z):
        """Return the activation, and keep z for the way back."""
        ctx.save_for_backward(z)
        return torch.logaddexp(z, torch.zeros_like(z))

    @staticmethod
    def backward(ctx, da):
        """Return dC/dz = da * sigmoid(z)."""
        (z,) = ctx.saved_tensors
        return da * torch.sigmoid(z)


def softplus(z, da):
    """Return a, and dC/dz for the upstream gradient da."""
    z = torch.tensor(z, requires_grad=True)
    a = Softplus.apply(z)
    a.backward(torch.tensor(da))
    return a.detach().numpy(), z.grad.numpy()


class StraightThrough(torch.autograd.Function):
    """Round to whole numbers, and hand the gradient through."""

    @staticmethod
    def forward(ctx, z):
        """Return round(z); there is nothing to remember."""
        return torch.round(z)

    @staticmethod
    def backward(ctx, da):
        """Return da as it came."""
        return da


def own_checker(z):
    """Say whether gradcheck accepts the two layers."""
    z = torch.tensor(z, requires_grad=True)
    accepted = []
    for layer in (Softplus.apply, StraightThrough.apply):
        ok = torch.autograd.gradcheck(layer, z, raise_exception=False)
        accepted.append(ok)
    return accepted


def plain_softplus(z):
    """Return the slope of ln(1 + exp(z)), by autograd."""
    z = torch.tensor(z, requires_grad=True)
    torch.log(1 + torch.exp(z)).sum().backward()
    return z.grad.numpy()


# ------------------------------------------------ not a number


class Careless(nn.Module):
    """Softplus where it is safe, else z. It isn't safe."""

    def forward(self, z):
        """Return z where it is large, else ln(1 + exp(z))."""
        return torch.where(z > 30, z, torch.log(1 + torch.exp(z)))


def find_nan(weights, x, y):
    """Return loss, |dW| of each layer, and what the debugger says."""
    net, x, y = build(weights), torch.tensor(x), torch.tensor(y)
    net[1] = Careless()  # in place of layer 1's tanh

    def run():
        loss = nn.CrossEntropyLoss()(net(x), y)
        loss.backward()
        return loss.item()

    loss = run()
    norms = [layer.weight.grad.norm().item() for layer in net[::2]]
    with warnings.catch_warnings(record=True, action="always") as seen:
        told = stop_at_nan(run)
    trace, _, _ = str(seen[-1].message).partition(" (Triggered")
    line = trace.strip().splitlines()[-1].strip()
    return loss, norms, f"{told} Traced back to: {line}"


def stop_at_nan(run):
    """Run with the switch on, and return what it says."""
    try:
        with torch.autograd.detect_anomaly():
            run()  # forward and backward
    except RuntimeError as error:
        return str(error)
    return "nothing"


# ------------------------------------------------ a silent layer


def silent(weights, x, y):
    """Return dW1, and whether W1 moved, in three broken networks."""
    x, y, found = torch.tensor(x), torch.tensor(y), {}
    for fault in ("cut", "dead", "left out"):
        net = build(weights)
        first, rest = net[0], net[2:]
        before = first.weight.detach().clone()
        if fault == "dead":
            first.bias.data -= 100
        a = torch.relu(first(x))
        if fault == "cut":
            a = a.detach()
        nn.CrossEntropyLoss()(rest(a), y).backward()
        learning = rest if fault == "left out" else net
        torch.optim.SGD(learning.parameters(), lr=0.1).step()
        moved = not torch.equal(first.weight, before)
        found[fault] = kind(first.weight.grad), moved
    return found


# ------------------------------------------------ once more


def again(weights, x, y, calls):
    """Return the norm of the whole gradient after each call."""
    net, x, y = build(weights), torch.tensor(x), torch.tensor(y)
    norms = []
    for _ in range(calls):  # no zero_grad in between
        nn.CrossEntropyLoss()(net(x), y).backward()
        whole = torch.cat([p.grad.ravel() for p in net.parameters()])
        norms.append(whole.norm().item())
    return norms


def xor(weights, x, y, learning_rate, steps, clear):
    """Return the losses of sigmoid layers, cleared or not."""
    first, _, last = build(weights)
    net = nn.Sequential(first, nn.Sigmoid(), last, nn.Sigmoid())
    x, y = torch.tensor(x), torch.tensor(y)
    optimizer = torch.optim.SGD(net.parameters(), lr=learning_rate)
    losses = []
    for _ in range(steps):
        if clear:
            optimizer.zero_grad()
        loss = nn.MSELoss()(net(x), y)
        losses.append(loss.item())
        loss.backward()
        optimizer.step()
    return losses


def misfit(output, target):
    """Return MSELoss of unlike and like shapes, and the warning."""
    output, target = torch.tensor(output), torch.tensor(target)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        wrong = nn.MSELoss()(output, target[:, 0]).item()
    right = nn.MSELoss()(output, target).item()
    return wrong, right, [str(w.message).split(". ")[0] for w in caught]


# ------------------------------------------------ the graph


def f(x, y):
    """Return (x + y) y, which chapter 3 drew."""
    return (x + y) * y


def graph(x, y):
    """Return the graph of f in the words of the framework."""
    x = torch.tensor(x, requires_grad=True)
    y = torch.tensor(y, requires_grad=True)
    nodes = [f(x, y).grad_fn]
    for node in nodes:  # which grows on the way
        for child, _ in node.next_functions:
            if child not in nodes:  # two edges may lead to one node
                nodes.append(child)
    return ", ".join(node.name().split("::")[-1] for node in nodes)


def runs(arrays):
    """Return how often the Python code ran for these calls."""
    return {"plain": count(map(torch.tensor, arrays))}


def branch(x):
    """Return the answer of a function with an `if` in it."""
    x = torch.tensor(x)
    return {"plain": float(x if x > 0 else -x)}


# ------------------------------------------------ two processes


def two_processes(weights, x, y, cuts):
    """Return both means of two processes' gradients, for each cut."""
    context = multiprocessing.get_context("spawn")
    answers = context.SimpleQueue()
    with tempfile.TemporaryDirectory() as folder:
        meeting = f"file://{folder}/meeting"
        given = meeting, answers, weights, x, y, cuts
        both = multiprocessing.spawn(worker, given, 2, join=False)
        agreed = [answers.get() for _ in cuts]
        while not both.join():
            pass
    return agreed


def worker(rank, meeting, answers, weights, x, y, cuts):
    """Be one of the two: take one shard, compute, and agree."""
    os.environ["GLOO_SOCKET_IFNAME"] = "lo"  # both on this machine
    two = {"rank": rank, "world_size": 2}
    dist.init_process_group("gloo", init_method=meeting, **two)
    for cut in cuts:
        shard = slice(cut, None) if rank else slice(cut)
        agreed = agree(weights, x[shard], y[shard])
        if rank == 0:
            answers.put(agreed)
    dist.destroy_process_group()


def agree(weights, x, y):
    """Return the mean of the shards' gradients, plain and weighted."""
    _, gradients = loss_and_gradients(weights, x, y)
    mean = torch.cat([torch.tensor(g).ravel() for g in gradients])
    weighted, count = len(x) * mean, torch.tensor(len(x))
    for tensor in (mean, weighted, count):
        dist.all_reduce(tensor)  # in its place: the sum over all
    mean /= dist.get_world_size()
    return [np.array(mean), np.array(weighted / count)]
