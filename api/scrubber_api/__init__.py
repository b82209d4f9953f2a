"""The HTTP service: checks one claim a request, shows the rules and the claim schema; to this machine only.

It has no authentication and keeps nothing of a request.
"""
