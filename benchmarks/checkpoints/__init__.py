"""Gradients in little memory: build(problem, way), answer(state) and work(state, n), as for the peers of a step."""
