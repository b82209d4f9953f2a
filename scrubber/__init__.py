"""A claim scrubber: YAML rule packs evaluated on health-insurance claims."""
