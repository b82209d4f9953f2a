"""Acknowledgments of X12 files: TA1 of an interchange, 999 of its groups, 277CA of its claims.

The writers take the values of `model`, in the order of the file, and write to a stream. None of them looks at
a clock, reads a file or says anything elsewhere: what an acknowledgment quotes stays in it.
"""
