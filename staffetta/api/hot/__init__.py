"""The door for calls that send one message: answered ahead of Django, many committed together."""
