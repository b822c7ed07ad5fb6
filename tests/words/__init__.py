"""The words of the product: collecting them for the catalogue, and proof that English has every one."""
