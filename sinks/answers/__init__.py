"""Departments' answers to our mail, as replies."""
