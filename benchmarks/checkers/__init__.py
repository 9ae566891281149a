"""Checkers of a gradient.

build(problem)      the network, and which of its parameters are checked
work(state, n)      n checks
report(state)       how many entries were compared, the norm-relative error, and whether the check passed
"""
