"""Encoded pictures of any kind to upright 8-bit RGB: whole, or window by window where the format allows."""
