"""From bytes to claims: X12 (delimiters, envelopes, loops, segment handlers) and claim JSON."""
