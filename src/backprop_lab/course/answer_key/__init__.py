"""What each exercise accepts, which mistakes it knows and what it says to them: one table for each chapter.

The derivations of a chapter stand beside its table, in `derivations_NN.py`, so that SymPy is imported for them alone.
Nothing here is read by a student's code while it is graded: the grader's workers have no access to this folder.
"""
