"""Grade a folder of submissions. A student's code runs in a confined worker; the verdict is made elsewhere.

The way of the data: `submissions` finds who handed in what; `judging` sends the cells of one notebook to a worker, asks
for the student's answers over a pipe and judges them with the tables of the course; `run` does so for all, on every
core; `report` writes what comes out.
"""
