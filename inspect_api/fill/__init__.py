"""A county of any size for `flask bench fill`: a year of visits and what followed from them, as if phones and offices had sent it.

Everything in it is invented but the names and codes of the divisions. The same seed and day give the same rows, down to every id.
"""
