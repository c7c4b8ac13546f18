"""Public files carried through the pages of imports, to see what the portal makes of real input."""
