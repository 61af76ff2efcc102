"""Helpers that know nothing of this project: whole-file writing, terminal text, JSON numbers, figures, timing."""
