"""Findings and outcomes as a person reads them, and as a program does."""

from typing import Any

from ouvidor.grants.acl import Acl
from ouvidor.grants.applying import Outcome
from ouvidor.grants.comparing import Finding, State
from ouvidor.grants.quotas import Quota
from ouvidor.grants.shell import removal
from ouvidor.topics import TopicPlan

__all__ = ["line", "outcome_line", "outcome_row", "row"]


def line(finding: Finding) -> str:
    """Tell a finding in a line."""
    return _line(finding, str(finding.state), finding.words)


def row(finding: Finding) -> dict[str, Any]:
    """Tell a finding as JSON; of an ACL that is not ours also the line that would remove it."""
    told = {"kind": finding.kind, "state": str(finding.state), "words": finding.words, **_subject(finding)}
    if finding.state is State.STRANGE and isinstance(finding.subject, Acl):
        told["removal"] = removal(finding.subject)
    return told


def outcome_line(outcome: Outcome) -> str:
    """Tell an outcome in a line."""
    return _line(outcome.finding, _state(outcome), str(outcome.error or ""))


def outcome_row(outcome: Outcome) -> dict[str, Any]:
    """Tell an outcome as JSON."""
    return {**row(outcome.finding), "state": _state(outcome), "words": str(outcome.error or outcome.finding.words)}


def _state(outcome: Outcome) -> str:
    if outcome.error is not None:
        return "refused"
    return "made" if outcome.finding.state is State.MISSING else "set"


def _line(finding: Finding, state: str, words: str) -> str:
    subject = finding.subject
    name = str(subject) if isinstance(subject, Acl | Quota) else subject.name
    if isinstance(subject, TopicPlan) and finding.state is State.MISSING:
        config = " ".join(f"{key}={value}" for key, value in subject.config.items())
        name += f" partitions={subject.partitions} replication={subject.replication} {config}".rstrip()
    return f"{state:<10} {finding.kind:<5} {name}{f': {words}' if words else ''}"


def _subject(finding: Finding) -> dict[str, Any]:
    match finding.subject:
        case Acl() as acl:
            return {
                "principal": acl.principal,
                "permission": acl.permission.name,
                "operation": acl.operation.name,
                "resource": acl.resource.name,
                "pattern": acl.pattern.name,
                "name": acl.name,
                "host": acl.host,
            }
        case Quota() as quota:
            return {"user": quota.user, "key": quota.key, "value": quota.value}
        case topic:
            return {
                "topic": topic.name,
                "partitions": topic.partitions,
                "replication": topic.replication,
                "config": dict(topic.config),
            }
