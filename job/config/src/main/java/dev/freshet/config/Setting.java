package dev.freshet.config;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Every setting there is. A constant's name is its place: {@code SOURCE_SERVER_ID} is {@code
 * server-id} in the section {@code source}, and {@code FRESHET_SOURCE_SERVER_ID} in the
 * environment, which goes before the file.
 */
public enum Setting {
  SOURCE_HOST(Kind.TEXT, "127.0.0.1", "MySQL, the source"),
  SOURCE_PORT(Kind.PORT, "3306", ""),
  SOURCE_USER(Kind.TEXT, null, "the job's account; `freshet grants` prints its rights"),
  SOURCE_PASSWORD_FILE(Kind.SECRET, null, "its password's file"),
  SOURCE_DATABASE(Kind.TEXT, null, "the schema that unqualified table names mean"),
  SOURCE_SERVER_ID(
      Kind.NUMBER, "0", "what the binlog reader calls itself; 0 takes one by chance above 2^30"),
  SOURCE_CHUNK_SIZE(Kind.NUMBER, "50000", "rows that the snapshot reads at a time"),
  SOURCE_PROPERTIES(
      Kind.MAP, "{}", "of MySQL's JDBC driver, such as `sslMode`, for everybody who asks MySQL"),
  VIEWS_FOLDER(Kind.FOLDER, "sql/views", "the declared views, one `.sql` file each"),
  STORE_HOST(Kind.TEXT, "127.0.0.1", "Postgres, the store"),
  STORE_PORT(Kind.PORT, "5432", ""),
  STORE_USER(Kind.TEXT, null, "the job's account"),
  STORE_PASSWORD_FILE(Kind.SECRET, null, "its password's file"),
  STORE_DATABASE(Kind.TEXT, null, ""),
  STORE_SCHEMA(Kind.TEXT, "freshet", "Freshet's own schema in it"),
  STORE_PROPERTIES(
      Kind.MAP, "{}", "of Postgres's JDBC driver, such as `sslmode` and `sslrootcert`"),
  KAFKA_BOOTSTRAP(
      Kind.TEXT,
      "127.0.0.1:9092",
      "brokers, `host:port` with commas between; `\"\"` for a job without streams"),
  KAFKA_TOPIC_PREFIX(Kind.TEXT, "freshet", "what Freshet's topics begin with"),
  KAFKA_PROPERTIES(Kind.MAP, "{}", "of Kafka's clients, such as `security.protocol`"),
  FLINK_URL(Kind.TEXT, "http://127.0.0.1:8081", "REST address of a Flink 1.20 session cluster"),
  FLINK_SAVEPOINTS(
      Kind.OPTIONAL, "", "folder of savepoints as the cluster sees it; the cluster's own if empty"),
  FLINK_PROPERTIES(
      Kind.MAP, "{}", "Flink options of the job and the client, such as `state.backend.type`"),
  READER_HOST(Kind.TEXT, "127.0.0.1", "address that the reader listens on"),
  READER_PORT(Kind.PORT_OR_ANY, "8080", "0 takes a free one"),
  READER_URL(Kind.OPTIONAL, "", "where others reach it; `http://HOST:PORT` if empty"),
  READER_TOKEN_FILE(
      Kind.OPTIONAL_SECRET, "", "a token that may do everything; only the reader needs it"),
  READER_TOKENS_FILE(
      Kind.OPTIONAL_SECRET, "", "tokens with scopes; see [Tokens](security.md#tokens)"),
  READER_JWT_KEY_FILE(
      Kind.OPTIONAL_SECRET,
      "",
      "what signed tokens are verified with; see [Tokens](security.md#tokens)"),
  READER_JWT_ISSUER(Kind.OPTIONAL, "", "`iss` that signed tokens must have"),
  READER_JWT_AUDIENCE(Kind.OPTIONAL, "", "`aud` that signed tokens must have"),
  READER_TLS_CERTIFICATE_FILE(
      Kind.OPTIONAL_SECRET, "", "the reader's certificate as PEM; see [TLS](security.md#tls)"),
  READER_TLS_KEY_FILE(Kind.OPTIONAL_SECRET, "", "its private key as PEM"),
  READER_SOURCE_USER(Kind.OPTIONAL, "", "the reader's MySQL account; `source.user` if empty"),
  READER_SOURCE_PASSWORD_FILE(Kind.OPTIONAL_SECRET, "", "its password's file"),
  READER_STORE_USER(Kind.OPTIONAL, "", "the reader's Postgres account; `store.user` if empty"),
  READER_STORE_PASSWORD_FILE(Kind.OPTIONAL_SECRET, "", "its password's file"),
  READER_THREADS(Kind.NUMBER, "64", "that answer requests"),
  READER_STORE_CONNECTIONS(
      Kind.NUMBER, "8", "to Postgres at once for answers; 7 more look after it"),
  READER_STORE_TIMEOUT_MS(
      Kind.NUMBER,
      "500",
      "after which MySQL is asked instead; three times that while others have answers"),
  READER_FALLBACKS(Kind.NUMBER, "4", "questions to MySQL at once"),
  READER_FALLBACK_QUEUE(Kind.NUMBER, "16", "requests that may wait for one of those"),
  READER_FALLBACK_WAIT_MS(Kind.NUMBER, "250", "for how long they wait"),
  READER_FALLBACK_TIMEOUT_MS(Kind.NUMBER, "2000", "after which MySQL ends such a question"),
  READER_STREAMS(Kind.NUMBER, "1000", "clients of event streams at once; others get 503"),
  READER_FALLBACKS_PER_SECOND(
      Kind.NUMBER, "0", "such questions that begin within a second; 0 for any number"),
  JOB_NAME(Kind.TEXT, "freshet", "its progress in the store is known by it"),
  JOB_PARALLELISM(Kind.NUMBER, "1", "of nodes and writers; the binlog has one reader"),
  JOB_MAX_PARALLELISM(Kind.NUMBER, "128", "key groups; fixed for the life of the state"),
  JOB_CHECKPOINT_INTERVAL_MS(Kind.NUMBER, "10000", ""),
  JOB_MAX_VALUE_BYTES(
      Kind.NUMBER, "1048576", "of one value; MySQL answers keys that need a larger one");

  /** What a value may be. */
  enum Kind {
    TEXT,
    /** Text that may be left out. */
    OPTIONAL,
    NUMBER,
    PORT,
    PORT_OR_ANY,
    FOLDER,
    MAP,
    /** The path of a file with a secret. */
    SECRET,
    OPTIONAL_SECRET
  }

  private static final String FILE = "-file";

  private final Kind kind;
  private final String fallback;
  private final String meaning;

  Setting(Kind kind, String fallback, String meaning) {
    this.kind = kind;
    this.fallback = fallback;
    this.meaning = meaning;
  }

  Kind kind() {
    return kind;
  }

  /** What holds when nothing is said; empty when it must be said. */
  public Optional<String> fallback() {
    return Optional.ofNullable(fallback);
  }

  /** In a few words; empty when the key says it. */
  public String meaning() {
    return meaning;
  }

  /** Such as {@code source}. */
  public String section() {
    return words().get(0);
  }

  /** Its name in its section, such as {@code server-id}. */
  public String key() {
    return String.join("-", words().subList(1, words().size()));
  }

  /** Section and key, such as {@code source.server-id}. */
  public String path() {
    return section() + "." + key();
  }

  /** The variable that goes before the file. */
  public String variable() {
    return "FRESHET_" + name();
  }

  boolean isSecret() {
    return kind == Kind.SECRET || kind == Kind.OPTIONAL_SECRET;
  }

  /** The key that somebody might expect to hold the secret itself; the file has no such key. */
  String plainPath() {
    return path().substring(0, path().length() - FILE.length());
  }

  /** The variable that may hold the secret itself. */
  public String plainVariable() {
    return variable().substring(0, variable().length() - FILE.length());
  }

  /** All sections in their order. */
  static List<String> sections() {
    return Arrays.stream(values()).map(Setting::section).distinct().toList();
  }

  private List<String> words() {
    return List.of(name().toLowerCase(Locale.ROOT).split("_"));
  }
}
