"""Rules changed on purpose: their examples must notice."""
