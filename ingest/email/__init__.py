"""Mail in: mailboxes that are read, and how a mail is read.

Fetching (`imap.py` and what it needs) gives bytes; reading (`parse.py` and what it needs) is pure and takes any bytes.
"""
