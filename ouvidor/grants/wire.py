"""The four requests that aiokafka's admin client has no method for: ACLs and quotas, seen and set.

aiokafka brings the wire's own types, and three of the four requests; AlterClientQuotas, and CreateAcls for several at
once, stand here. `confluent-kafka` has no quotas, and Java's tools would need a Java runtime wherever ops work.

Source: Apache Kafka 4.2, protocol guide: DescribeAcls (API 29), CreateAcls (30), DescribeClientQuotas (48),
AlterClientQuotas (49).
"""

from collections.abc import AsyncIterator, Sequence
from typing import Any

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError, SecurityDisabled, for_code
from aiokafka.protocol.admin import CreateAclsRequest_v1, DescribeAclsRequest, DescribeClientQuotasRequest
from aiokafka.protocol.api import Request, RequestStruct, Response
from aiokafka.protocol.types import Array, Boolean, Float64, Int16, Int32, Schema, String

from ouvidor.grants.acl import Acl, Operation, Pattern, Permission, Resource
from ouvidor.grants.quotas import Quota

__all__ = ["alter_quotas", "create_acls", "describe_acls", "describe_quotas"]

_TEXT = String("utf-8")
_USER = "user"
_ANY_NAME = 2
_AT_ONCE = 100


class _CreateAcls(Request[CreateAclsRequest_v1]):  # type: ignore[misc]  # aiokafka ships no types
    API_KEY = 30

    def __init__(self, acls: Sequence[Acl]) -> None:
        self._acls = acls

    def build(self, request_struct_class: type[CreateAclsRequest_v1]) -> CreateAclsRequest_v1:
        return request_struct_class(
            [
                (acl.resource, acl.name, acl.pattern, acl.principal, acl.host, acl.operation, acl.permission)
                for acl in self._acls
            ]
        )


class _AlterClientQuotasResponse_v0(Response):  # type: ignore[misc]  # noqa: N801 - named as aiokafka names them
    API_KEY = 49
    API_VERSION = 0
    SCHEMA = Schema(
        ("throttle_time_ms", Int32),
        (
            "entries",
            Array(
                ("error_code", Int16),
                ("error_message", _TEXT),
                ("entity", Array(("entity_type", _TEXT), ("entity_name", _TEXT))),
            ),
        ),
    )


class _AlterClientQuotasRequest_v0(RequestStruct):  # type: ignore[misc]  # noqa: N801 - the same
    API_KEY = 49
    API_VERSION = 0
    RESPONSE_TYPE = _AlterClientQuotasResponse_v0
    SCHEMA = Schema(
        (
            "entries",
            Array(
                ("entity", Array(("entity_type", _TEXT), ("entity_name", _TEXT))),
                ("ops", Array(("key", _TEXT), ("value", Float64), ("remove", Boolean))),
            ),
        ),
        ("validate_only", Boolean),
    )


class _AlterClientQuotas(Request[_AlterClientQuotasRequest_v0]):  # type: ignore[misc]
    API_KEY = 49

    def __init__(self, quotas: Sequence[Quota]) -> None:
        self._quotas = quotas

    def build(self, request_struct_class: type[_AlterClientQuotasRequest_v0]) -> _AlterClientQuotasRequest_v0:
        users = dict.fromkeys(quota.user for quota in self._quotas)
        entries = [
            ([(_USER, user)], [(each.key, each.value, False) for each in self._quotas if each.user == user])
            for user in users
        ]
        return request_struct_class(entries, False)


async def describe_acls(admin: AIOKafkaAdminClient) -> list[Acl] | None:
    """Give all ACLs of the broker; None where it has no authorizer, so that they would mean nothing."""
    everything = DescribeAclsRequest(Resource.ANY, None, Pattern.ANY, None, None, Operation.ANY, Permission.ANY)
    answer = await _send(admin, everything)
    try:
        _well(answer.error_code, "seeing ACLs", answer.error_message)
    except SecurityDisabled:
        return None
    return [
        Acl(principal, Resource(kind), Pattern(pattern), name, Operation(operation), Permission(permission), host)
        for kind, name, pattern, acls in answer.resources
        for principal, host, operation, permission in acls
    ]


async def create_acls(admin: AIOKafkaAdminClient, acls: Sequence[Acl]) -> AsyncIterator[tuple[Acl, KafkaError | None]]:
    """Create ACLs; those that are there already stay. Gives what became of each, as it is told."""
    for start in range(0, len(acls), _AT_ONCE):
        some = acls[start : start + _AT_ONCE]
        answer = await _send(admin, _CreateAcls(some))
        for acl, (code, words) in zip(some, answer.creation_responses, strict=True):
            yield acl, _error(code, words)


async def describe_quotas(admin: AIOKafkaAdminClient) -> list[Quota]:
    """Give the quotas of users by name; those of client ids, addresses and of everybody else are not ours to set."""
    answer = await _send(admin, DescribeClientQuotasRequest([(_USER, _ANY_NAME, None)], True))
    _well(answer.error_code, "seeing quotas", answer.error_message)
    return [
        Quota(entity[0][1], key, value)
        for entity, values in answer.entries
        if [kind for kind, _ in entity] == [_USER] and entity[0][1] is not None
        for key, value in values
    ]


async def alter_quotas(admin: AIOKafkaAdminClient, quotas: Sequence[Quota]) -> dict[str, KafkaError | None]:
    """Set quotas; the other keys of a user stay. Gives what became of each user's."""
    answer = await _send(admin, _AlterClientQuotas(quotas))
    return {entity[0][1]: _error(code, words) for code, words, entity in answer.entries}


async def _send(admin: AIOKafkaAdminClient, request: Request[Any]) -> Any:  # noqa: ANN401 - aiokafka ships no types
    client = admin._client  # noqa: SLF001 - it has no public way to send a request that it has no method for
    return await client.send(client.get_random_node(), request)


def _well(code: int, doing: str, words: str | None) -> None:
    if (error := _error(code, f"{doing}: {words or ''}")) is not None:
        raise error


def _error(code: int, words: str | None) -> KafkaError | None:
    return None if code == 0 else for_code(code)(words)
