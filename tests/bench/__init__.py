"""`make bench`: how fast a response is saved, beside the least a server could do for it."""
