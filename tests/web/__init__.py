"""The phone app: what of it can be tried without a browser."""
