"""What the owner types, one file per group of commands."""
