package dev.freshet.flow.kafka;

import dev.freshet.flow.KafkaOptions;
import dev.freshet.flow.Refused;
import dev.freshet.view.stream.Stream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/**
 * Looks for topics, and creates the missing ones of the streams. Existing topics stay unchanged.
 */
public final class Topics {
  private static final int TIMEOUT_MS = 15_000;
  private static final int PAUSE_MS = 50;

  private final KafkaOptions options;

  public Topics(KafkaOptions options) {
    this.options = options;
  }

  /**
   * Creates the missing topics.
   *
   * @return Kafka's id of each topic, by name
   * @throws Refused if Kafka does not answer, or the job may not create topics
   */
  public Map<String, String> prepare() {
    return ask(
        "the topics " + options.topicPrefix() + ".… cannot be made",
        admin -> {
          Set<String> present = admin.listTopics().names().get(TIMEOUT_MS, TimeUnit.MILLISECONDS);
          List<NewTopic> missing = new ArrayList<>();
          for (Stream stream : Stream.values()) {
            String topic = stream.topic(options.topicPrefix());
            if (!present.contains(topic)) {
              missing.add(
                  new NewTopic(topic, Optional.of(stream.partitions()), Optional.empty())
                      .configs(stream.settings()));
            }
          }
          create(admin, missing);
          return ids(admin);
        });
  }

  /**
   * Returns those of some topics that Kafka does not have.
   *
   * @throws Refused if Kafka does not answer
   */
  public Set<String> missing(Set<String> topics) {
    return ask(
        "the topics " + topics + " cannot be looked for",
        admin -> {
          Set<String> missing = new TreeSet<>(topics);
          missing.removeAll(admin.listTopics().names().get(TIMEOUT_MS, TimeUnit.MILLISECONDS));
          return missing;
        });
  }

  private interface Question<T> {
    T ask(Admin admin) throws ExecutionException, InterruptedException, TimeoutException;
  }

  private <T> T ask(String failed, Question<T> question) {
    Properties properties = new Properties();
    properties.putAll(options.properties().values());
    properties.setProperty(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, options.bootstrap());
    properties.setProperty(
        AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, Integer.toString(TIMEOUT_MS));
    properties.setProperty(
        AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, Integer.toString(TIMEOUT_MS));
    try (Admin admin = Admin.create(properties)) {
      return question.ask(admin);
    } catch (ExecutionException e) {
      throw refused(failed, e.getCause());
    } catch (TimeoutException | RuntimeException e) {
      throw refused(failed, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw refused(failed, e);
    }
  }

  private static void create(Admin admin, List<NewTopic> missing)
      throws ExecutionException, InterruptedException, TimeoutException {
    try {
      admin.createTopics(missing).all().get(TIMEOUT_MS, TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      if (!(e.getCause() instanceof TopicExistsException)) {
        throw e;
      }
    }
  }

  /** Retries, because not all brokers may know a new topic yet. */
  private Map<String, String> ids(Admin admin)
      throws ExecutionException, InterruptedException, TimeoutException {
    List<String> names =
        Arrays.stream(Stream.values()).map(s -> s.topic(options.topicPrefix())).toList();
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(TIMEOUT_MS);
    while (true) {
      try {
        Map<String, String> ids = new TreeMap<>();
        admin
            .describeTopics(names)
            .allTopicNames()
            .get(TIMEOUT_MS, TimeUnit.MILLISECONDS)
            .forEach((name, topic) -> ids.put(name, topic.topicId().toString()));
        return ids;
      } catch (ExecutionException e) {
        boolean passes = e.getCause() instanceof UnknownTopicOrPartitionException;
        if (!passes || System.nanoTime() > end) {
          throw e;
        }
        TimeUnit.MILLISECONDS.sleep(PAUSE_MS);
      }
    }
  }

  private Refused refused(String failed, Throwable cause) {
    String why = String.valueOf(cause.getMessage()).lines().findFirst().orElse("");
    return new Refused(
        "Kafka "
            + options.bootstrap()
            + ": "
            + failed
            + " ("
            + cause.getClass().getSimpleName()
            + ": "
            + why
            + "); check kafka.bootstrap, kafka.properties and that it runs",
        cause);
  }
}
