// A department's feed: each case once, answered where a program can, committed after the work.
//
// At least once, so that nothing is lost: a program that is killed between its work and its commit gets the case
// again. Hence the ids in a file. With a database of your own, keep them there, in the transaction of your work.
import { createHash } from "node:crypto";
import { closeSync, existsSync, fdatasyncSync, openSync, readFileSync, writeSync } from "node:fs";
import { KafkaClient } from "kafka-crab-js";

const DEPARTMENT = variable("DEPARTMENT");
const PREFIX = variable("TOPIC_PREFIX", "ouvidor.");
const SEEN = `seen-${DEPARTMENT}.txt`;

// What is to be done with a case. Put your own work here; give what the customer is told, or nothing.
async function work({ message, verdict, dispatch }) {
  const ours = dispatch.owner === DEPARTMENT; // else we are informed, or of the team
  const text = message.text.replace(/\s+/g, " ");
  const until = `${dispatch.deadline}${ours ? "" : " (informed)"}`;
  console.log(`${message.protocol} ${verdict.severity} ${verdict.kind} until ${until}: ${text}`);
  return ours && verdict.kind === "compliment" ? "Obrigado pelo elogio!" : undefined;
}

const client = new KafkaClient({ clientId: `${DEPARTMENT}-feed`, ...connection() });
const consumer = client.createConsumer({
  groupId: variable("KAFKA_GROUP", `${PREFIX}department.${DEPARTMENT}`),
  enableAutoCommit: false,
  configuration: {
    "isolation.level": "read_committed", // else you see what was never sent
    "auto.offset.reset": "earliest",
  },
});
const producer = client.createProducer({ configuration: { acks: "all", "enable.idempotence": true } });
const seen = new Set(existsSync(SEEN) ? readFileSync(SEEN, "utf8").split("\n") : []);

let stopping = false;
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => { stopping = true; });
await consumer.subscribe([
  { topic: `${PREFIX}department.${DEPARTMENT}` },
  { topic: `${PREFIX}refused.${DEPARTMENT}` },
]);
while (!stopping) {
  for (const record of await consumer.recvBatch(50, 1000)) {
    await handle(record);
    await consumer.commitMessage(record, "Sync"); // after the work, never before
    if (stopping) break;
  }
}
await consumer.disconnect();
console.error("stopped");
process.exit(0);

async function handle(record) {
  const place = `${record.topic}-${record.partition} at ${record.offset}`;
  const header = (name) => record.headers?.[name]?.toString();
  const [id, type, subject] = [header("ce_id"), header("ce_type"), header("ce_subject")];
  let data;
  try {
    if (id === undefined || header("ce_specversion") !== "1.0") throw new Error("no CloudEvent");
    data = JSON.parse(record.payload.toString());
  } catch {
    console.error(`unreadable: ${place}`); // the topic keeps it for a year: tell a person where, and go on
    return;
  }
  if (seen.has(id)) return;
  if (type === "ouvidor.message.dispatched.v1") {
    const text = await work(data);
    if (text !== undefined) await answer(id, subject, text);
  } else if (type === "ouvidor.reply.refused.v1") {
    console.error(`refused: ${JSON.stringify(data)}`);
  } else {
    console.error(`unknown type ${type}: ${place}`);
  }
  remember(id);
}

// The same case gives the same id, so that an answer that is sent again counts once.
async function answer(event, protocol, text) {
  const id = uuidOf(`${event} answer`);
  const at = new Date().toISOString();
  const headers = {
    ce_specversion: "1.0",
    ce_id: id,
    ce_type: "ouvidor.reply.answer.v1",
    ce_source: `/departments/${DEPARTMENT}`,
    ce_subject: protocol,
    ce_time: at,
    "content-type": "application/json",
  };
  const reply = { id, protocol, department: DEPARTMENT, by: "resposta-automatica", at, text };
  const bytes = (value) => Buffer.from(value);
  const record = {
    key: bytes(protocol),
    payload: bytes(JSON.stringify(reply)),
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, bytes(value)])),
  };
  await producer.send({ topic: `${PREFIX}replies`, messages: [record] }); // it is there, or this throws
}

function remember(id) {
  const file = openSync(SEEN, "a");
  writeSync(file, `${id}\n`);
  fdatasyncSync(file);
  closeSync(file);
  seen.add(id);
}

function uuidOf(name) {
  const hex = createHash("sha256").update(name).digest("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join("-");
}

function connection() {
  const brokers = variable("KAFKA_SERVERS", "127.0.0.1:9092");
  const user = process.env.KAFKA_USERNAME;
  if (user === undefined) return { brokers };
  const trusted = process.env.KAFKA_CA_FILE;
  return {
    brokers,
    configuration: {
      "security.protocol": variable("KAFKA_SECURITY", "SASL_SSL"),
      "sasl.mechanism": "SCRAM-SHA-512",
      "sasl.username": user,
      "sasl.password": variable("KAFKA_PASSWORD"),
      ...(trusted === undefined ? {} : { "ssl.ca.location": trusted }),
    },
  };
}

function variable(name, otherwise) {
  const found = process.env[name] ?? otherwise;
  if (found === undefined) {
    console.error(`${name}: set it, as in README.md`);
    process.exit(78);
  }
  return found;
}
