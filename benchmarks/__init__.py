"""How dear the portal is beside what it stands on: `make bench`, or `python -m benchmarks w t` for two letters.

Every figure is a ratio inside one run: floor (or peer) and ours take turns and medians are compared. What is
compared with what is said in the module of each letter. State lives under var/bench/ (PORTAL_VAR overrides).
"""
