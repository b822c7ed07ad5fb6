"""What administrators do: the tree of bodies, the bodies outside, people, their roles and their accounts."""
