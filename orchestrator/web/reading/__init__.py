"""What the pages show, read from rows and from git. Nothing here changes anything."""
