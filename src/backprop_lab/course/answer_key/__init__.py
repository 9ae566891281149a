"""What each exercise accepts, which mistakes it knows and what it says to them: one table for each chapter.

Nothing here is read by a student's code while it is graded: the grader's workers have no access to this folder.
"""
