"""Amendments: patches and their application."""
