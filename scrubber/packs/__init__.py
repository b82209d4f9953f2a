"""Rule packs: schema, loading with marks, diagnostics."""
