"""Jobs: each is one command and one scheduled tick, harmless to run twice."""
