"""Bundles: what a phone exported to a file because it could not reach the server, loaded by an office. docs/sync-protocol.md, Bundles."""
