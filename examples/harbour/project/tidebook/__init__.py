"""The tide table of Lantern Bay."""
