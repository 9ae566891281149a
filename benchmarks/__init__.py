"""How fast the library is, beside what a user would take instead: `python -m benchmarks`, explained in README.md."""
