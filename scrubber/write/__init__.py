"""From claims to bytes: corrected 837 files and the acknowledgements."""
