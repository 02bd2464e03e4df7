"""What one Kafka node on one machine is told that differs from Kafka's own defaults, each with its reason.

Source: Apache Kafka 4.2, "Broker Configs"; Apache Log4j 2, "Properties configuration".
"""

from collections.abc import Mapping
from pathlib import Path

from ouvidor.local.ports import HOST

__all__ = ["log4j2_properties", "server_properties"]

_ONE_NODE = {
    "process.roles": "broker,controller",
    "node.id": "1",
    "controller.listener.names": "CONTROLLER",
    "inter.broker.listener.name": "PLAINTEXT",
    "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
    # Kafka's own topics: there is one broker to keep them, and few partitions start quickly.
    "default.replication.factor": "1",
    "min.insync.replicas": "1",
    "offsets.topic.replication.factor": "1",
    "offsets.topic.num.partitions": "4",
    "transaction.state.log.replication.factor": "1",
    "transaction.state.log.min.isr": "1",
    "transaction.state.log.num.partitions": "4",
    "share.coordinator.state.topic.replication.factor": "1",
    "share.coordinator.state.topic.min.isr": "1",
    "share.coordinator.state.topic.num.partitions": "4",
}

_BEHAVIOUR = {
    # A misspelt topic is an error, not a new topic with one partition.
    "auto.create.topics.enable": "false",
    # The members of a group come from one machine, at once: nobody to wait for.
    "group.initial.rebalance.delay.ms": "0",
    # Sessions of a second and more may be asked for, so that a killed worker is missed soon.
    "group.min.session.timeout.ms": "1000",
    # After a `kill -9` the controller lets the broker back only when it has missed it for so long: 9 s by default.
    "broker.session.timeout.ms": "3000",
    "broker.heartbeat.interval.ms": "500",
    # What a worker killed in a transaction leaves open is closed soon after its time, not up to 10 s later.
    "transaction.abort.timed.out.transaction.cleanup.interval.ms": "1000",
    # A machine may be off for long: a group whose offsets were forgotten would start from the beginning.
    "offsets.retention.minutes": str(365 * 24 * 60),
}

_SMALL = {
    # Kafka sizes these for a machine of its own; together they let it live in a heap of 256 MB.
    "log.cleaner.dedupe.buffer.size": str(16 << 20),
    "log.segment.bytes": str(128 << 20),
    "log.index.size.max.bytes": str(2 << 20),
    "num.network.threads": "2",
    "num.io.threads": "4",
    "num.replica.fetchers": "1",
    "background.threads": "4",
}


def server_properties(
    data: Path,
    port: int,
    controller_port: int,
    settings: Mapping[str, str],
) -> str:
    """Return the text of `server.properties`; `settings` win over ours."""
    listener, controller = f"{HOST}:{port}", f"{HOST}:{controller_port}"
    here = {
        "listeners": f"PLAINTEXT://{listener},CONTROLLER://{controller}",
        "advertised.listeners": f"PLAINTEXT://{listener}",
        "controller.quorum.voters": f"1@{controller}",
        "log.dirs": str(data / "topics"),
    }
    return _properties({**_ONE_NODE, **_BEHAVIOUR, **_SMALL, **here, **settings})


def log4j2_properties(log: Path) -> str:
    """Return the logging settings: warnings and worse, to one file that is turned over at 10 MB, three kept."""
    return _properties(
        {
            "appender.file.type": "RollingFile",
            "appender.file.name": "file",
            "appender.file.fileName": str(log),
            "appender.file.filePattern": f"{log}.%i",
            "appender.file.layout.type": "PatternLayout",
            "appender.file.layout.pattern": "%d{ISO8601_OFFSET_DATE_TIME_HHCMM}{UTC} %p %m (%c)%n",
            "appender.file.policies.type": "SizeBasedTriggeringPolicy",
            "appender.file.policies.size": "10MB",
            "appender.file.strategy.type": "DefaultRolloverStrategy",
            "appender.file.strategy.max": "3",
            "rootLogger.level": "warn",
            "rootLogger.appenderRef.file.ref": "file",
        },
    )


def _properties(entries: Mapping[str, str]) -> str:
    return "".join(f"{key}={_escaped(value)}\n" for key, value in entries.items())


def _escaped(value: str) -> str:
    """Write a value as Java reads it: a path may hold a backslash, or letters that Java would take for Latin-1."""
    utf16 = value.replace("\\", "\\\\").encode("utf-16-be")
    units = (int.from_bytes(utf16[at : at + 2], "big") for at in range(0, len(utf16), 2))
    return "".join(chr(unit) if chr(unit).isascii() and chr(unit).isprintable() else f"\\u{unit:04x}" for unit in units)
