"""What departments reply: the door, the rules, the history that comes of it."""
