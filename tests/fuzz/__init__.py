"""Damaged pictures of all formats, and what becomes of them."""
