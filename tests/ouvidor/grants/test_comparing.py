"""What is there against what is planned."""

from dataclasses import replace

from ouvidor.grants.acl import Acl, Operation, Pattern, Permission, Resource
from ouvidor.grants.comparing import Finding, State, There, Wanted, compare, reaches
from ouvidor.grants.quotas import Quota
from ouvidor.topic_admin import Found
from ouvidor.topics import TopicPlan

PLAN = TopicPlan("o.classified", 4, 1, {"retention.ms": "60000"})
THERE = Found("o.classified", 4, 1, {"retention.ms": "60000"})
ACL = Acl("User:dept-saude", Resource.TOPIC, Pattern.LITERAL, "o.department.saude", Operation.READ)
QUOTA = Quota("dept-saude", "producer_byte_rate", 1024.0)
WANTED = Wanted("o.", [PLAN], [ACL], [QUOTA])


def compared(*, topics: object = (THERE,), acls: object = (ACL,), quotas: object = (QUOTA,)) -> list[Finding]:
    return compare(WANTED, There(topics, acls, quotas))  # type: ignore[arg-type]


def states(found: list[Finding]) -> list[tuple[str, State]]:
    return [(each.kind, each.state) for each in found]


def test_what_is_as_planned_is_said_to_be():
    assert states(compared()) == [("topic", State.PLANNED), ("acl", State.PLANNED), ("quota", State.PLANNED)]


def test_on_an_empty_broker_all_is_missing():
    assert {each.state for each in compared(topics=(), acls=(), quotas=())} == {State.MISSING}


def test_what_differs_says_in_what():
    found = compared(
        topics=(replace(THERE, partitions=2, config={"retention.ms": "1"}),),
        quotas=(replace(QUOTA, value=2_000_000.0),),
    )
    words = {each.kind: each.words for each in found if each.state is State.DIFFERS}
    assert words == {
        "topic": "partitions is 2, planned is 4; retention.ms is 1, planned is 60000",
        "quota": "it is 2000000, planned is 1024",
    }


def test_a_topic_of_a_department_that_is_gone_is_named():
    gone = Found("o.department.velho", 4, 1, {})
    assert compared(topics=(THERE, gone))[1] == Finding(gone, State.STRANGE, "no department and no room has it now")


def test_of_other_grants_those_that_reach_ours_are_named_and_no_others():
    too_much = Acl(ACL.principal, Resource.CLUSTER, Pattern.LITERAL, "kafka-cluster", Operation.ALTER)
    reaching = [
        Acl("User:bi", Resource.TOPIC, Pattern.LITERAL, "*", Operation.READ),
        Acl("User:bi", Resource.TOPIC, Pattern.PREFIXED, "o", Operation.READ),
        Acl(ACL.principal, Resource.TOPIC, Pattern.LITERAL, "o.department.obras", Operation.READ),
        Acl("User:bi", Resource.GROUP, Pattern.PREFIXED, "o.department.", Operation.READ),
        Acl("User:bi", Resource.TOPIC, Pattern.LITERAL, "o.replies", Operation.WRITE, Permission.DENY),
    ]
    others = [
        replace(ACL, name="another-ouvidor.department.saude"),
        Acl("User:bi", Resource.TOPIC, Pattern.LITERAL, "sales", Operation.READ),
        Acl("User:bi", Resource.TOPIC, Pattern.PREFIXED, "sales.", Operation.READ),
        Acl("User:kafka", Resource.CLUSTER, Pattern.LITERAL, "kafka-cluster", Operation.ALL),
    ]
    found = compared(acls=(ACL, too_much, *reaching, *others))
    strange = {each.subject: each.words for each in found if each.state is State.STRANGE}
    assert strange == {too_much: "nothing of ours needs it"} | dict.fromkeys(reaching, "it reaches into our names")
    assert not any(reaches(each, "o.") for each in others)


def test_a_quota_of_our_users_that_nobody_set_is_named_and_others_are_not():
    mine, bi = Quota("dept-saude", "consumer_byte_rate", 1.0), Quota("bi", "consumer_byte_rate", 1.0)
    strange = [each.subject for each in compared(quotas=(QUOTA, mine, bi)) if each.state is State.STRANGE]
    assert strange == [mine]


def test_without_an_authorizer_topics_alone_are_compared():
    assert states(compared(acls=None, quotas=())) == [("topic", State.PLANNED)]
