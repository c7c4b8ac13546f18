"""State machines of performance: the tables of moves, and one function per move."""
