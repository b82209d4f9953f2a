"""Observers turn claims into facts; durable-rules turns facts into findings."""
