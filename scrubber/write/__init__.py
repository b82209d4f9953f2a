"""Writing claims back as X12: edits on the kept segments, every untouched byte as it was."""
