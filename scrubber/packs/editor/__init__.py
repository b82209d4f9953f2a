"""The JSON Schemas of rule files: what editors complete, explain and check while somebody types."""
