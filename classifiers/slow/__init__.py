"""The slow model: a sentence encoder whose upper layers were tuned on our messages, and what its outputs add."""
