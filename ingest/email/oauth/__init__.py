"""Mailboxes without a password: the first grant by a person, or an application's own, and what renews it.

`docs/decisions/0007-oauth-by-hand.md` says why a library signs and none talks.
"""
