"""Classified to department topics: who owns it, who is told, until when; the ombudsman's queue."""
