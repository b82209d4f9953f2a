"""Amendments: what a rule proposes to change, as a JSON Patch, and its application to a claim."""
