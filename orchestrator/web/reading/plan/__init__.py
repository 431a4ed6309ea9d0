"""What the pages of a plan show: its text, its steps, its problems, its graph, its versions."""
