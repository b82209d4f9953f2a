"""What several tests need: fictitious claims in any number."""
