"""A bank to try with: a process of its own that takes magic cards, asks for a 3-D Secure code and tells us by signed events."""
