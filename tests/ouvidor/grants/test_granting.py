"""Who may do what: departments their own and nothing else, rooms what their services need."""

import re
from collections.abc import Iterable
from pathlib import Path

from ouvidor.grants.acl import Acl, Operation, Pattern, Resource
from ouvidor.grants.granting import acls, own_principals
from ouvidor.grants.needs import Needs, needs_of_rooms
from ouvidor.grants.quotas import quotas
from ouvidor.grants.settings import DepartmentGrants, Grants
from ouvidor.process import rooms
from ouvidor.service import Stage
from ouvidor.settings import Kafka, Settings
from ouvidor.topics import Topics, plan

TOPICS = Topics("o.")
ROOMS = list(needs_of_rooms(TOPICS))


def granted(grants: Grants, *departments: str, topics: Topics = TOPICS) -> list[Acl]:
    return acls(grants, topics, departments, list(needs_of_rooms(topics)))


def lines(found: Iterable[Acl], principal: str) -> set[str]:
    return {str(acl).removeprefix(f"{principal} ") for acl in found if acl.principal == principal}


def may(found: Iterable[Acl], principal: str, operation: Operation, resource: Resource, name: str) -> bool:
    """Judge as the broker does, of what is allowed."""
    implied = {Operation.DESCRIBE: {Operation.DESCRIBE, Operation.READ, Operation.WRITE}}.get(operation, {operation})
    return any(
        acl.principal == principal
        and acl.resource is resource
        and acl.operation in implied
        and (name.startswith(acl.name) if acl.pattern is Pattern.PREFIXED else name == acl.name)
        for acl in found
    )


def test_a_department_reads_its_own_and_writes_replies_and_nothing_else():
    assert lines(granted(Grants(), "saude", "obras"), "User:dept-saude") == {
        "may READ topic o.department.saude",
        "may READ topic o.refused.saude",
        "may WRITE topic o.replies",
        "may READ group o.department.saude",
        "may READ group o.department.saude.*",
    }


def test_a_department_whose_name_begins_as_anothers_has_nothing_of_it():
    found = granted(Grants(), "saude", "saude-mental")
    for resource in (Resource.TOPIC, Resource.GROUP):
        assert not may(found, "User:dept-saude", Operation.DESCRIBE, resource, "o.department.saude-mental")


def test_the_ombudsman_reads_its_queue_as_a_department_does_and_what_became_of_all_cases():
    found = granted(Grants())
    assert "may READ topic o.ombudsman" in lines(found, "User:dept-ombudsman")
    assert "may READ topic o.case-events" in lines(found, "User:dept-ombudsman")
    assert not may(found, "User:dept-saude", Operation.DESCRIBE, Resource.TOPIC, "o.case-events")


def test_each_room_has_its_own_principal_and_so_has_ops():
    assert own_principals(Grants(), ROOMS) == [
        "User:ouvidor-classify",
        "User:ouvidor-ingest",
        "User:ouvidor-route",
        "User:ouvidor-sinks",
        "User:ouvidor-ops",
    ]
    assert own_principals(Grants(own="User:ouvidor"), ROOMS) == ["User:ouvidor"]
    assert "User:route.hand-back" in own_principals(Grants(own="User:{room}.{service}"), ROOMS)


def test_ops_asks_how_far_our_groups_are_and_joins_none():
    found = granted(Grants())
    assert may(found, "User:ouvidor-ops", Operation.DESCRIBE, Resource.GROUP, "o.shadow")
    assert not may(found, "User:ouvidor-ops", Operation.READ, Resource.GROUP, "o.shadow")


def test_no_room_reads_what_is_not_its_own():
    found = granted(Grants(), "saude")
    for room in ("classify", "route", "sinks"):
        assert not may(found, f"User:ouvidor-{room}", Operation.READ, Resource.TOPIC, "o.originals")
    for room in ("ingest", "classify", "route", "sinks"):
        assert not may(found, f"User:ouvidor-{room}", Operation.READ, Resource.TOPIC, "o.identity-accesses")
        assert may(found, f"User:ouvidor-{room}", Operation.DESCRIBE_CONFIGS, Resource.TOPIC, "o.originals")


def test_an_empty_prefix_is_the_whole_broker_by_its_wildcard():
    found = granted(Grants(), topics=Topics(""))
    assert {acl.name for acl in found if not acl.name} == set()
    assert "may DESCRIBE topic *" in lines(found, "User:ouvidor-route")


def test_departments_and_nobody_else_have_quotas():
    grants = Grants(departments={"obras": DepartmentGrants(principal="Group:obras")})
    assert {quota.user for quota in quotas(grants, ["saude", "obras"])} == {"dept-saude", "dept-ombudsman"}


def stages(data: Path) -> list[tuple[str, Stage]]:
    webhook = {"sink": "webhook", "name": "painel", "department": "saude", "url": "https://painel.example/"}
    box = {"sink": "mail", "name": "caixa", "department": "saude", "to": "saude@casa.test"}
    secret = "whsec_" + "c2VncmVkbyBkZSB0ZXN0ZSBxdWUgbsOjbyB2YWxl"
    settings = Settings.model_validate(
        {
            "kafka": {"prefix": TOPICS.prefix},
            "data": data,
            "judgement": {"lane": "both", "shadow": data / "model"},
            "deliveries": {"destinations": [webhook | {"secret": secret}, box]},
            "smtp": {"reply_to": "respostas@casa.test"},
        }
    )
    return [(room, its) for room, offer in rooms().items() for its in offer(settings) if isinstance(its, Stage)]


def test_every_stage_may_do_what_it_does(tmp_path: Path):
    """A stage whose needs no room tells would be refused by every broker with ACLs: add it to the room's `needs.py`."""
    found = granted(Grants(), "saude", "obras")
    named = [each.name for each in plan(Kafka(prefix=TOPICS.prefix), ["saude", "obras"])]
    forbidden = []
    for room, stage in stages(tmp_path):
        inputs = [name for name in named if name in stage.topics or (stage.pattern and re.match(stage.pattern, name))]
        assert inputs, stage.name
        outputs = [TOPICS.dead_letter, TOPICS.ombudsman, *([stage.remembers] if stage.remembers else [])]
        wanted = [(Operation.READ, Resource.GROUP, f"o.{stage.name}")]
        wanted += [(Operation.READ, Resource.TOPIC, topic) for topic in inputs]
        wanted += [(Operation.WRITE, Resource.TRANSACTIONAL_ID, f"o.{stage.name}.{topic}.0") for topic in inputs]
        wanted += [(Operation.WRITE, Resource.TOPIC, topic) for topic in outputs]
        forbidden += [(room, stage.name, *each) for each in wanted if not may(found, f"User:ouvidor-{room}", *each)]
    assert forbidden == []


def test_needs_name_only_topics_that_there_are():
    named = [each.name for each in plan(Kafka(prefix=TOPICS.prefix), ["saude"])]
    for _, needs in ROOMS:
        for topic in (*needs.reads, *needs.writes, *needs.creates):
            assert any(name.startswith(topic) if topic.endswith(".") else name == topic for name in named), topic


def test_a_need_that_is_told_twice_is_granted_once():
    twice = [("room", Needs("one", reads=("o.a",))), ("room", Needs("two", reads=("o.a",)))]
    found = acls(Grants(), TOPICS, [], twice)
    assert len(found) == len(set(found))
