"""Mail to a department's box."""
