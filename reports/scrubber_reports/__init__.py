"""Reports: view models and the templates that render them."""
