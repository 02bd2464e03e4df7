"""Who may do what on the broker: topics, ACLs and quotas as the routing table and the rooms need them.

Pure functions plan it (`granting`, `comparing`, `shell`); `looking` and `applying` are the thin edges to the broker.
Nothing here deletes. Why so: `docs/decisions/0027-who-may-do-what.md`.
"""
