"""Tables too large for YAML, or not ours to give away: imported from publishers' files, all editions kept."""
