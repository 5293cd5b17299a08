"""`make drill`: kills the parts of a running Passline under load and counts what was lost."""
