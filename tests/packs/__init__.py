"""Tests of rule packs: reading, diagnostics, checking, loading."""
