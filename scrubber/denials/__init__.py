"""What is known about denials: meaning, next step, deadline, prevention."""
