"""The demo: sample customers, and what stands in for networks that a machine without the Internet cannot reach."""
