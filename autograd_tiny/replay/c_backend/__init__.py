"""The back-end "c": a tape as C, compiled once and kept in the user's cache.

`c_rows` and `list_functions` write the rows, `statements` and `dot_products` single operations, `c_source` the
program; `library` compiles it, and `backend` runs it.
"""
