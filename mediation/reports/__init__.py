"""Figures that open to the rows that make them."""
