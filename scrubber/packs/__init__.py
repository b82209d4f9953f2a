"""Rule packs: schema, loading with marks, diagnostics, scoping, editions."""
