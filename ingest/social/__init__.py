"""Messengers and social networks: one file a network."""
