"""Calls and their transcripts: one file a network."""
