"""Translate the table to other languages: each formula is typed once, in Python, as a row or a function it calls."""
