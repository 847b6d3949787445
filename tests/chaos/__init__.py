"""The sync engine under violence: killed servers, bad networks, many at once.

A seed is printed, and CHAOS_SEED sets it.
"""
