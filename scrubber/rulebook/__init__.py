"""What can be said about rules as such: which paths they read, what they ask in words, what changed in them.

Nothing here looks at claims, but for the examples that rules carry.
"""
