"""Payment providers, one file each, all with base.py's interface."""
