"""The HTTP API and the command line, as people and phones meet them."""
