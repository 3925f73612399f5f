"""Registers of the office's own: their definition, their entries, and what dossiers write into them."""
