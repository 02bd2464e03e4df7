"""Inbound to classified: kind, severity, difficulty, flags, area; why; how sure."""
