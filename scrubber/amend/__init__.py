"""Amendments: patches on a claim, how safe they are, and the proof that they work."""
