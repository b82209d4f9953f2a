"""The claim model: what a claim is, the names of its parts, and where each part stands."""
