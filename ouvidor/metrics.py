"""The catalogue of metrics: every one that any room counts is here, so that `docs/metrics.md` is generated from it.

Labels are of low cardinality and never personal: a channel, a network, a stage, a department; never an address, an
account or a protocol number.
"""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector

__all__ = ["REGISTRY"]

REGISTRY = CollectorRegistry()
ProcessCollector(registry=REGISTRY)  # process_*: memory, CPU, open files, start

ORIGINALS_RECEIVED = Counter(
    "ouvidor_originals_received_total",
    "Deliveries of channels that were made durable, redeliveries among them, before anything was read in them.",
    ["channel", "network"],
    registry=REGISTRY,
)
MESSAGES_RECEIVED = Counter(
    "ouvidor_messages_received_total",
    "Messages that got a protocol number. Redeliveries are not counted here but in ouvidor_redeliveries_total.",
    ["channel", "network"],
    registry=REGISTRY,
)
REDELIVERIES = Counter(
    "ouvidor_redeliveries_total",
    "Messages that a channel handed over again within 30 days, recognised and dropped.",
    ["channel", "network"],
    registry=REGISTRY,
)
UNREADABLE = Counter(
    "ouvidor_unreadable_total",
    "Originals that no reader understood: handed to a person with their bytes.",
    ["channel", "network"],
    registry=REGISTRY,
)
NETWORK_EVENTS = Counter(
    "ouvidor_network_events_total",
    "What networks said that is no customer's word: delivery statuses, unknown events. Kept, counted, acknowledged.",
    ["network", "kind"],
    registry=REGISTRY,
)
FORGERIES = Counter(
    "ouvidor_forgeries_total",
    "Webhook calls whose signature did not fit: answered with 401 and not kept, since no network sent them.",
    ["network"],
    registry=REGISTRY,
)
INTAKE_CUT = Counter(
    "ouvidor_intake_cut_total",
    "Calls whose body was longer than ingest.http.body_limit: its beginning was kept, and the sender told so.",
    ["network"],
    registry=REGISTRY,
)
INTAKE_REFUSED = Counter(
    "ouvidor_intake_refused_total",
    "Calls that were answered with no: neither broker nor spool was there, the sender fell silent, a defect. Aim: 0.",
    ["network", "reason"],
    registry=REGISTRY,
)
CHANNEL_LAST_SUCCESS = Gauge(
    "ouvidor_channel_last_success_timestamp_seconds",
    "When a network was last asked or listened to with success (Unix time): the oldest of its accounts.",
    ["network"],
    registry=REGISTRY,
)
CHANNEL_FAILURES = Counter(
    "ouvidor_channel_failures_total",
    "Failed attempts to reach a network, by what to do about them: unavailable (it is tried again), misconfigured.",
    ["network", "kind"],
    registry=REGISTRY,
)
MAILS_GONE = Counter(
    "ouvidor_mails_gone_total",
    "Mails that an API listed and that somebody deleted, or took out of the folders that are read, before they came.",
    ["network"],
    registry=REGISTRY,
)
MAIL_GRANT_EXPIRES = Gauge(
    "ouvidor_mail_grant_expires_timestamp_seconds",
    "When the first of a network's OAuth grants ends if it is not renewed (Unix time); the past: log in anew.",
    ["network"],
    registry=REGISTRY,
)
SPOOL_BYTES = Gauge(
    "ouvidor_spool_bytes",
    "Bytes that wait in the local spool for the broker to come back.",
    registry=REGISTRY,
)
SPOOL_RECORDS = Gauge(
    "ouvidor_spool_records",
    "Records that wait in the local spool for the broker to come back.",
    registry=REGISTRY,
)
STAGE_RECORDS = Counter(
    "ouvidor_stage_records_total",
    "Records that a stage has finished with, by outcome: done, dead-lettered.",
    ["stage", "outcome"],
    registry=REGISTRY,
)
STAGE_OUTPUTS = Counter(
    "ouvidor_stage_outputs_total",
    "Records that a stage has sent in committed transactions.",
    ["stage"],
    registry=REGISTRY,
)
STAGE_BATCH_SECONDS = Histogram(
    "ouvidor_stage_batch_seconds",
    "How long a partition's batch took, from the poll to its commit.",
    ["stage"],
    registry=REGISTRY,
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
)
STAGE_FENCES = Counter(
    "ouvidor_stage_fences_total",
    "Fences taken: once a partition at a quiet start; more tells of failures and rebalances.",
    ["stage"],
    registry=REGISTRY,
)
STAGE_RETRIES = Counter(
    "ouvidor_stage_retries_total",
    "Batches that were given up and will be tried again, by the error's class.",
    ["stage", "error"],
    registry=REGISTRY,
)
STAGE_LAG = Gauge(
    "ouvidor_stage_lag_records",
    "Records that wait for a stage in the partitions of this process.",
    ["stage"],
    registry=REGISTRY,
)
OLDEST_PENDING = Gauge(
    "ouvidor_stage_oldest_pending_seconds",
    "Age of the oldest record in the last batch of a stage: how far it is behind.",
    ["stage"],
    registry=REGISTRY,
)
VERDICTS = Counter(
    "ouvidor_verdicts_total",
    "Verdicts by kind and severity, and whether the classifier was sure.",
    ["kind", "severity", "sure"],
    registry=REGISTRY,
)
OPINIONS = Counter(
    "ouvidor_opinions_total",
    "Verdicts that a third opinion was wanted on, by what it did: agreed, differed (in the kind), raised; or why there "
    "was none: unusable (not of the form that was asked for), away, refused (key or address), paused, spent (limits), "
    "late (the others of its batch could not wait).",
    ["outcome"],
    registry=REGISTRY,
)
OPINION_DEPARTMENTS = Counter(
    "ouvidor_opinion_departments_total",
    "Messages whose department was not decided, by what the third opinion said of it: named (another than the "
    "likeliest by our models), agreed (the same), none (nobody's), unsaid (the server left it out).",
    ["outcome"],
    registry=REGISTRY,
)
OPINION_TOKENS = Counter(
    "ouvidor_opinion_tokens_total",
    "Tokens that opinions cost, as the server counted them; where it does not, a high guess.",
    registry=REGISTRY,
)
DOUBTED = Counter(
    "ouvidor_doubted_total",
    "Messages that the fast lane sent to wait in `doubtful`: it was not sure of them, of their flags or of their "
    "department, or an opinion is to name that.",
    registry=REGISTRY,
)
DOUBTFUL = Counter(
    "ouvidor_doubtful_total",
    "Messages that waited in `doubtful`, by what came of them: settled (sure), open (a person decides), failed "
    "(the slow model could not judge it: the fast verdict stands), left (there is nobody to ask: the same).",
    ["outcome"],
    registry=REGISTRY,
)
DOUBTFUL_SECONDS = Histogram(
    "ouvidor_doubtful_seconds",
    "How long messages waited in `doubtful` for the slow lane and the third opinion.",
    registry=REGISTRY,
    buckets=(0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800, 7200),
)
JUDGEMENT_CONFIDENCE = Histogram(
    "ouvidor_judgement_confidence",
    "How certain verdicts are of their kind.",
    registry=REGISTRY,
    buckets=(0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1),
)
UNKNOWN_WORDS = Histogram(
    "ouvidor_judgement_unknown_words_ratio",
    "Share of a message's different words that the model's training never met.",
    registry=REGISTRY,
    buckets=(0, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 1),
)
JUDGEMENT_DRIFT = Gauge(
    "ouvidor_judgement_drift",
    "How far the last 2,000 messages are from those the model was trained for (population stability index: from 0.1 on"
    " something changed, from 0.25 on much): by kind, confidence, unknown_words, sure. NaN where it cannot be told.",
    ["aspect"],
    registry=REGISTRY,
)
SHADOW_VERDICTS = Counter(
    "ouvidor_shadow_verdicts_total",
    "Verdicts that the model in the shadow was held against, by outcome: same, differs, failed (it could not judge); "
    "or why it was not: automatic (a machine wrote the message), opinion (a third opinion was heard), unreadable.",
    ["outcome"],
    registry=REGISTRY,
)
MODEL_CHANGES = Counter(
    "ouvidor_model_changes_total",
    "Models that were put in force while judging went on, by outcome: taken, broken (the old one judges on).",
    ["outcome"],
    registry=REGISTRY,
)
DISPATCHES = Counter(
    "ouvidor_dispatches_total",
    "Messages dispatched, by department and whether the ombudsman sees them.",
    ["department", "ombudsman"],
    registry=REGISTRY,
)
TRIAGE = Counter(
    "ouvidor_route_triage_total",
    "Messages that the default department has to sort by hand, as their subject is unknown, nobody's or uncertain.",
    ["reason"],
    registry=REGISTRY,
)
CONDITION_FAILURES = Counter(
    "ouvidor_route_condition_failures_total",
    "Messages on which a routing rule's condition could not be tried: the rule counted as not matched. Mend the rule.",
    ["rule"],
    registry=REGISTRY,
)
ROUTING_TABLE = Gauge(
    "ouvidor_routing_table_info",
    "1 for the routing table in force, by the first eight digits of its file's SHA-256.",
    ["hash"],
    registry=REGISTRY,
)
ROUTING_TABLE_FAILURES = Counter(
    "ouvidor_routing_table_reload_failures_total",
    "Changed routing tables that could not be taken: the old one stays in force, and the log says why. Aim: 0.",
    registry=REGISTRY,
)
REPLIES = Counter(
    "ouvidor_replies_total",
    "Departments' replies by command: accepted, refused (they were told why), repeated (sent again, and dropped).",
    ["command", "outcome"],
    registry=REGISTRY,
)
MAIL_ANSWERS = Counter(
    "ouvidor_mail_answers_total",
    "Mail that answers ours to a department, by what it was: answer, automatic (an absence, a bounce: kept as an "
    "event), stranger (its sender does not answer for the department: heard as anybody's message).",
    ["outcome"],
    registry=REGISTRY,
)
REPLY_CALLS = Counter(
    "ouvidor_reply_calls_total",
    "Calls of POST /v1/replies by the status of the answer: 202 is durable, 503 is to be sent again with its id.",
    ["status"],
    registry=REGISTRY,
)
HAND_BACKS = Counter(
    "ouvidor_hand_backs_total",
    "Messages that a department handed back, by the routing rule that had sent it there, and where it went then.",
    ["rule", "to"],
    registry=REGISTRY,
)
DELIVERIES = Gauge(
    "ouvidor_deliveries",
    "Deliveries that have not arrived, by destination and state: waiting; failed, refused (a person has to look).",
    ["destination", "state"],
    registry=REGISTRY,
)
DELIVERIES_OLDEST = Gauge(
    "ouvidor_deliveries_oldest_waiting_seconds",
    "Age of the oldest delivery that waits for a destination.",
    ["destination"],
    registry=REGISTRY,
)
DELIVERY_TRIES = Counter(
    "ouvidor_delivery_tries_total",
    "Tries to deliver, by destination and outcome: delivered, again, gone, refused, failed (the last try was used up).",
    ["destination", "outcome"],
    registry=REGISTRY,
)
DESTINATION_DISABLED = Gauge(
    "ouvidor_destination_disabled",
    "1 for a destination that nothing is sent to, because it said that it is gone or because somebody disabled it.",
    ["destination"],
    registry=REGISTRY,
)
SCHEMAS_REGISTERED = Gauge(
    "ouvidor_schemas_registered",
    "Schemas that the registry of `kafka.schema_registry` has, as this process knows: 0 until it has answered.",
    registry=REGISTRY,
)
PROCESS_READY = Gauge(
    "ouvidor_process_ready",
    "1 when every service of the process is ready.",
    registry=REGISTRY,
)
PROCESS_ALIVE = Gauge(
    "ouvidor_process_alive",
    "1 while every service of the process makes progress or has nothing to do.",
    registry=REGISTRY,
)
