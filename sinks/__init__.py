"""Department topics to the world."""
