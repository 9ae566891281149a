"""The sections of the run. Each has a TITLE, run(settings) to what goes into the JSON file, and table(that)."""
