"""An optional schema registry with Confluent's API: our schemas stand there, and records name theirs in a header.

The payload stays plain JSON: the header form adds `__value_schema_id` and touches nothing else, so that whoever knows
of no registry reads on as before. Nothing of ours needs it either: while it is away, records go without the header, and
the river does not wait (`docs/decisions/0025-schema-registry.md`).
"""
