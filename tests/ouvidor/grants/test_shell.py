"""The plan as lines for a shell: quoted, whole, and never a removal."""

import shlex

from ouvidor.grants.acl import Acl, Operation, Pattern, Permission, Resource
from ouvidor.grants.comparing import Wanted
from ouvidor.grants.quotas import Quota
from ouvidor.grants.shell import commands, removal
from ouvidor.topics import TopicPlan

READ = Acl("User:CN=saúde, O='casa' $(x)", Resource.TOPIC, Pattern.LITERAL, "o.department.saude", Operation.READ)


def lines() -> list[list[str]]:
    refused = Acl(READ.principal, Resource.TOPIC, Pattern.LITERAL, "o.refused.saude", Operation.READ)
    group = Acl(READ.principal, Resource.GROUP, Pattern.PREFIXED, "o.department.saude.", Operation.READ)
    config = Acl("User:x", Resource.TOPIC, Pattern.PREFIXED, "o.", Operation.DESCRIBE_CONFIGS)
    quotas = [Quota("saude", "producer_byte_rate", 1048576.0), Quota("saude", "request_percentage", 12.5)]
    plan = TopicPlan("o.cases", 4, 3, {"cleanup.policy": "compact,delete"})
    script = "\n".join(commands(Wanted("o.", [plan], [READ, refused, group, config], quotas)))
    return [shlex.split(line) for line in script.splitlines() if line.startswith("kafka-")]


def test_each_kind_of_grant_is_a_line_that_a_shell_reads_whole():
    admin = ["--bootstrap-server", "$BOOTSTRAP", "--command-config", "$ADMIN"]
    config = ["--config", "cleanup.policy=compact,delete"]
    topic = ["--topic", "o.cases", "--partitions", "4", "--replication-factor", "3", *config]
    allow = [*admin, "--add", "--allow-principal"]
    prefixed = ["--resource-pattern-type", "prefixed"]
    limits = "producer_byte_rate=1048576,request_percentage=12.5"
    assert lines() == [
        ["kafka-topics.sh", *admin, "--create", "--if-not-exists", *topic],
        [
            "kafka-acls.sh",
            *allow,
            READ.principal,
            "--operation",
            "Read",
            "--topic",
            READ.name,
            "--topic",
            "o.refused.saude",
        ],
        ["kafka-acls.sh", *allow, READ.principal, "--operation", "Read", *prefixed, "--group", "o.department.saude."],
        ["kafka-acls.sh", *allow, "User:x", "--operation", "DescribeConfigs", *prefixed, "--topic", "o."],
        [
            "kafka-configs.sh",
            *admin,
            "--alter",
            "--add-config",
            limits,
            "--entity-type",
            "users",
            "--entity-name",
            "saude",
        ],
    ]


def test_a_removal_names_the_very_acl():
    denied = Acl("User:bi", Resource.GROUP, Pattern.PREFIXED, "o.", Operation.READ, Permission.DENY, "10.0.0.1")
    assert removal(denied).endswith(
        "--remove --deny-principal User:bi --deny-host 10.0.0.1 "
        "--operation Read --resource-pattern-type prefixed --group o."
    )
