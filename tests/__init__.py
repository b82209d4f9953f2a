"""Tests of the scrubber, its service and its reports."""
