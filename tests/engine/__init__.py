"""Tests of observing and deciding."""
