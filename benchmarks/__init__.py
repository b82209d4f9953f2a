"""Measurements of the scrubber, and the generator of the files they measure with. Not shipped."""
