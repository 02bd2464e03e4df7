import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.cloudevents.CloudEvent;
import io.cloudevents.core.builder.CloudEventBuilder;
import io.cloudevents.kafka.CloudEventDeserializer;
import io.cloudevents.kafka.CloudEventSerializer;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * A department's feed: each case once, answered where a program can, committed after the work.
 *
 * <p>At least once, so that nothing is lost: a program that is killed between its work and its commit gets the case
 * again. Hence the ids in a file. With a database of your own, keep them there, in the transaction of your work.
 */
public final class Feed {
  static final String DEPARTMENT = variable("DEPARTMENT", null);
  static final String PREFIX = variable("TOPIC_PREFIX", "ouvidor.");
  static final Path SEEN = Path.of("seen-" + DEPARTMENT + ".txt");

  /** What is to be done with a case. Put your own work here; give what the customer is told, or nothing. */
  static Optional<String> work(JsonObject data) {
    JsonObject message = data.getAsJsonObject("message");
    JsonObject verdict = data.getAsJsonObject("verdict");
    JsonObject dispatch = data.getAsJsonObject("dispatch");
    String kind = verdict.get("kind").getAsString();
    boolean ours = dispatch.get("owner").getAsString().equals(DEPARTMENT); // else we are informed, or of the team
    System.out.printf(
        "%s %s %s until %s%s: %s%n",
        message.get("protocol").getAsString(),
        verdict.get("severity").getAsString(),
        kind,
        dispatch.get("deadline").getAsString(),
        ours ? "" : " (informed)",
        message.get("text").getAsString().replaceAll("\\s+", " "));
    return ours && kind.equals("compliment") ? Optional.of("Obrigado pelo elogio!") : Optional.empty();
  }

  public static void main(String[] arguments) throws Exception {
    Set<String> seen = new HashSet<>(Files.exists(SEEN) ? Files.readAllLines(SEEN) : List.of());
    try (var consumer = new KafkaConsumer<String, byte[]>(reading());
        var producer = new KafkaProducer<String, CloudEvent>(writing())) {
      stopGently(consumer);
      consumer.subscribe(List.of(PREFIX + "department." + DEPARTMENT, PREFIX + "refused." + DEPARTMENT));
      while (true) {
        for (ConsumerRecord<String, byte[]> record : consumer.poll(Duration.ofSeconds(1))) {
          handle(record, seen, producer);
          consumer.commitSync( // after the work, never before
              Map.of(
                  new TopicPartition(record.topic(), record.partition()), new OffsetAndMetadata(record.offset() + 1)));
        }
      }
    } catch (WakeupException stopped) {
      System.err.println("stopped");
    }
  }

  static void handle(
      ConsumerRecord<String, byte[]> record, Set<String> seen, KafkaProducer<String, CloudEvent> producer)
      throws Exception {
    CloudEvent event;
    JsonObject data;
    try (var events = new CloudEventDeserializer()) {
      event = events.deserialize(record.topic(), record.headers(), record.value());
      data = JsonParser.parseString(new String(event.getData().toBytes(), StandardCharsets.UTF_8)).getAsJsonObject();
    } catch (RuntimeException unreadable) { // the topic keeps it for a year: tell a person where, and go on
      System.err.printf("unreadable: %s-%d at %d%n", record.topic(), record.partition(), record.offset());
      return;
    }
    if (seen.contains(event.getId())) {
      return;
    }
    switch (event.getType()) {
      case "ouvidor.message.dispatched.v1" -> {
        Optional<String> text = work(data);
        if (text.isPresent()) {
          answer(event, text.get(), producer);
        }
      }
      case "ouvidor.reply.refused.v1" -> System.err.println("refused: " + data);
      default -> System.err.printf("unknown type %s: %s-%d at %d%n",
          event.getType(), record.topic(), record.partition(), record.offset());
    }
    remember(event.getId());
    seen.add(event.getId());
  }

  /** The same case gives the same id, so that an answer that is sent again counts once. */
  static void answer(CloudEvent event, String text, KafkaProducer<String, CloudEvent> producer) throws Exception {
    String id = UUID.nameUUIDFromBytes((event.getId() + " answer").getBytes(StandardCharsets.UTF_8)).toString();
    OffsetDateTime now = OffsetDateTime.now();
    JsonObject reply = new JsonObject();
    reply.addProperty("id", id);
    reply.addProperty("protocol", event.getSubject());
    reply.addProperty("department", DEPARTMENT);
    reply.addProperty("by", "resposta-automatica");
    reply.addProperty("at", now.toString());
    reply.addProperty("text", text);
    CloudEvent told =
        CloudEventBuilder.v1()
            .withId(id)
            .withType("ouvidor.reply.answer.v1")
            .withSource(URI.create("/departments/" + DEPARTMENT))
            .withSubject(event.getSubject())
            .withTime(now)
            .withData("application/json", reply.toString().getBytes(StandardCharsets.UTF_8))
            .build();
    producer.send(new ProducerRecord<>(PREFIX + "replies", event.getSubject(), told)).get(); // it is there, or we fail
  }

  static void remember(String id) throws IOException {
    Files.writeString(
        SEEN, id + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND, StandardOpenOption.DSYNC);
  }

  static Map<String, Object> reading() {
    Map<String, Object> settings = connection();
    settings.put("group.id", variable("KAFKA_GROUP", PREFIX + "department." + DEPARTMENT));
    settings.put("isolation.level", "read_committed"); // else you see what was never sent
    settings.put("auto.offset.reset", "earliest");
    settings.put("enable.auto.commit", "false");
    settings.put("max.poll.records", "50");
    settings.put("key.deserializer", StringDeserializer.class);
    settings.put("value.deserializer", ByteArrayDeserializer.class);
    return settings;
  }

  static Map<String, Object> writing() {
    Map<String, Object> settings = connection();
    settings.put("acks", "all");
    settings.put("key.serializer", StringSerializer.class);
    settings.put("value.serializer", CloudEventSerializer.class); // binary mode is its default
    return settings;
  }

  static Map<String, Object> connection() {
    Map<String, Object> settings = new HashMap<>();
    settings.put("bootstrap.servers", variable("KAFKA_SERVERS", "127.0.0.1:9092"));
    String user = System.getenv("KAFKA_USERNAME");
    if (user != null) {
      settings.put("security.protocol", variable("KAFKA_SECURITY", "SASL_SSL"));
      settings.put("sasl.mechanism", "SCRAM-SHA-512");
      settings.put(
          "sasl.jaas.config",
          "org.apache.kafka.common.security.scram.ScramLoginModule required username=\"%s\" password=\"%s\";"
              .formatted(quoted(user), quoted(variable("KAFKA_PASSWORD", null))));
      String trusted = System.getenv("KAFKA_CA_FILE");
      if (trusted != null) {
        settings.put("ssl.truststore.type", "PEM");
        settings.put("ssl.truststore.location", trusted);
      }
    }
    return settings;
  }

  static String quoted(String value) {
    return value.replace("\\", "\\\\").replace("\"", "\\\"");
  }

  static void stopGently(KafkaConsumer<?, ?> consumer) {
    Thread main = Thread.currentThread();
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  consumer.wakeup();
                  try {
                    main.join(10_000);
                  } catch (InterruptedException ended) {
                    Thread.currentThread().interrupt();
                  }
                }));
  }

  static String variable(String name, String otherwise) {
    String found = System.getenv().getOrDefault(name, otherwise);
    if (found == null) {
      System.err.println(name + ": set it, as in README.md");
      System.exit(78);
    }
    return found;
  }
}
