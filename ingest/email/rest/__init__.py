"""Mailboxes that are read by an HTTP API instead of IMAP: what Microsoft Graph and Gmail have in common.

The networks themselves are `ingest/email/graph.py` and `ingest/email/gmail.py`.
"""
