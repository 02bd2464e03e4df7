"""Channels to inbound topics: one folder a channel, one file a network."""
