"""Implementation guides as data, and the check of a file against them (SNIP types 1 and 2)."""
