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
  SOURCE_HOST(Kind.TEXT, "127.0.0.1", ReadBy.BOTH, "MySQL, the source"),
  SOURCE_PORT(1, 65_535, "3306", ReadBy.BOTH, ""),
  SOURCE_USER(
      Kind.TEXT, null, ReadBy.BOTH, "the job's account; `freshet grants` prints its rights"),
  SOURCE_PASSWORD_FILE(Kind.SECRET, null, ReadBy.BOTH, "its password's file"),
  SOURCE_DATABASE(Kind.TEXT, null, ReadBy.BOTH, "the schema that unqualified table names mean"),
  SOURCE_SERVER_ID(
      0,
      Integer.MAX_VALUE,
      "0",
      ReadBy.JOB,
      "what the binlog reader calls itself, as no other replica may; 0 takes one by chance above"
          + " 2^30"),
  SOURCE_CHUNK_SIZE(1, 100_000_000, "50000", ReadBy.JOB, "rows that the snapshot reads at a time"),
  SOURCE_PROPERTIES(
      Kind.MAP,
      "{}",
      ReadBy.BOTH,
      "of MySQL's JDBC driver, such as `sslMode`, for everybody who asks MySQL"),
  VIEWS_FOLDER(Kind.FOLDER, "sql/views", ReadBy.JOB, "the declared views, one `.sql` file each"),
  STORE_HOST(Kind.TEXT, "127.0.0.1", ReadBy.BOTH, "Postgres, the store"),
  STORE_PORT(1, 65_535, "5432", ReadBy.BOTH, ""),
  STORE_USER(Kind.TEXT, null, ReadBy.BOTH, "the job's account"),
  STORE_PASSWORD_FILE(Kind.SECRET, null, ReadBy.BOTH, "its password's file"),
  STORE_DATABASE(Kind.TEXT, null, ReadBy.BOTH, ""),
  STORE_SCHEMA(Kind.TEXT, "freshet", ReadBy.BOTH, "Freshet's own schema in it"),
  STORE_PROPERTIES(
      Kind.MAP,
      "{}",
      ReadBy.BOTH,
      "of Postgres's JDBC driver, such as `sslmode` and `sslrootcert`"),
  KAFKA_BOOTSTRAP(
      Kind.TEXT,
      "127.0.0.1:9092",
      ReadBy.BOTH,
      "brokers, `host:port` with commas between; `\"\"` for a job without streams"),
  KAFKA_TOPIC_PREFIX(Kind.TEXT, "freshet", ReadBy.BOTH, "what Freshet's topics begin with"),
  KAFKA_PROPERTIES(Kind.MAP, "{}", ReadBy.BOTH, "of Kafka's clients, such as `security.protocol`"),
  FLINK_URL(
      Kind.TEXT,
      "http://127.0.0.1:8081",
      ReadBy.COMMAND_LINE,
      "REST address of a Flink 1.20 session cluster"),
  FLINK_SAVEPOINTS(
      Kind.OPTIONAL,
      "",
      ReadBy.COMMAND_LINE,
      "folder of savepoints as the cluster sees it; the cluster's own if empty"),
  FLINK_PROPERTIES(
      Kind.MAP,
      "{}",
      ReadBy.COMMAND_LINE,
      "Flink options of the job and the client, such as `state.backend.type`"),
  READER_HOST(Kind.TEXT, "127.0.0.1", ReadBy.READER, "address that the reader listens on"),
  READER_PORT(0, 65_535, "8080", ReadBy.READER, "0 takes a free one"),
  READER_URL(
      Kind.OPTIONAL, "", ReadBy.READER, "where others reach it; `http://HOST:PORT` if empty"),
  READER_TOKEN_FILE(
      Kind.OPTIONAL_SECRET,
      "",
      ReadBy.READER,
      "a token that may do everything; only the reader needs it"),
  READER_TOKENS_FILE(
      Kind.OPTIONAL_SECRET,
      "",
      ReadBy.READER,
      "tokens with scopes; see [Tokens](security.md#tokens)"),
  READER_JWT_KEY_FILE(
      Kind.OPTIONAL_SECRET,
      "",
      ReadBy.READER,
      "what signed tokens are verified with; see [Tokens](security.md#tokens)"),
  READER_JWT_ISSUER(Kind.OPTIONAL, "", ReadBy.READER, "`iss` that signed tokens must have"),
  READER_JWT_AUDIENCE(Kind.OPTIONAL, "", ReadBy.READER, "`aud` that signed tokens must have"),
  READER_TLS_CERTIFICATE_FILE(
      Kind.OPTIONAL_SECRET,
      "",
      ReadBy.READER,
      "the reader's certificate as PEM; see [TLS](security.md#tls)"),
  READER_TLS_KEY_FILE(Kind.OPTIONAL_SECRET, "", ReadBy.READER, "its private key as PEM"),
  READER_SOURCE_USER(
      Kind.OPTIONAL, "", ReadBy.READER, "the reader's MySQL account; `source.user` if empty"),
  READER_SOURCE_PASSWORD_FILE(Kind.OPTIONAL_SECRET, "", ReadBy.READER, "its password's file"),
  READER_STORE_USER(
      Kind.OPTIONAL, "", ReadBy.READER, "the reader's Postgres account; `store.user` if empty"),
  READER_STORE_PASSWORD_FILE(Kind.OPTIONAL_SECRET, "", ReadBy.READER, "its password's file"),
  READER_THREADS(16, 1000, "64", ReadBy.READER, "that answer requests"),
  READER_STORE_CONNECTIONS(
      1, 1000, "8", ReadBy.READER, "to Postgres at once for answers; 7 more look after it"),
  READER_STORE_TIMEOUT_MS(
      1,
      600_000,
      "500",
      ReadBy.READER,
      "after which MySQL is asked instead; three times that while others have answers"),
  READER_FALLBACKS(1, 500, "4", ReadBy.READER, "questions to MySQL at once"),
  READER_FALLBACK_QUEUE(0, 500, "16", ReadBy.READER, "requests that may wait for one of those"),
  READER_FALLBACK_WAIT_MS(1, 600_000, "250", ReadBy.READER, "for how long they wait"),
  READER_FALLBACK_TIMEOUT_MS(
      1, 600_000, "2000", ReadBy.READER, "after which MySQL ends such a question"),
  READER_STREAMS(
      0, 100_000, "1000", ReadBy.READER, "clients of event streams at once; others get 503"),
  READER_FALLBACKS_PER_SECOND(
      0,
      1_000_000,
      "0",
      ReadBy.READER,
      "such questions that begin within a second; 0 for any number"),
  JOB_NAME(Kind.TEXT, "freshet", ReadBy.JOB, "its progress in the store is known by it"),
  JOB_PARALLELISM(1, 32_768, "1", ReadBy.JOB, "of nodes and writers; the binlog has one reader"),
  JOB_MAX_PARALLELISM(1, 32_768, "128", ReadBy.JOB, "key groups; fixed for the life of the state"),
  JOB_CHECKPOINT_INTERVAL_MS(100, 86_400_000, "10000", ReadBy.JOB, ""),
  JOB_MAX_VALUE_BYTES(
      1, 1 << 28, "1048576", ReadBy.JOB, "of one value; MySQL answers keys that need a larger one");

  /** What a value may be. */
  enum Kind {
    TEXT,
    /** Text that may be left out. */
    OPTIONAL,
    NUMBER,
    FOLDER,
    MAP,
    /** The path of a file with a secret. */
    SECRET,
    OPTIONAL_SECRET
  }

  /** The programs that judge and use a value. The command line does so with all of them. */
  enum ReadBy {
    BOTH("job, reader"),
    JOB("job"),
    READER("reader"),
    COMMAND_LINE("command line");

    private final String words;

    ReadBy(String words) {
      this.words = words;
    }

    @Override
    public String toString() {
      return words;
    }
  }

  private static final String FILE = "-file";

  private final Kind kind;
  private final int least;
  private final int most;
  private final String fallback;
  private final ReadBy readBy;
  private final String meaning;

  Setting(Kind kind, String fallback, ReadBy readBy, String meaning) {
    this(kind, 0, 0, fallback, readBy, meaning);
  }

  Setting(int least, int most, String fallback, ReadBy readBy, String meaning) {
    this(Kind.NUMBER, least, most, fallback, readBy, meaning);
  }

  Setting(Kind kind, int least, int most, String fallback, ReadBy readBy, String meaning) {
    this.kind = kind;
    this.least = least;
    this.most = most;
    this.fallback = fallback;
    this.readBy = readBy;
    this.meaning = meaning;
  }

  Kind kind() {
    return kind;
  }

  /** The least number it may be; 0 where it is none. */
  int least() {
    return least;
  }

  /** The highest number it may be; 0 where it is none. */
  int most() {
    return most;
  }

  ReadBy readBy() {
    return readBy;
  }

  /** What holds when nothing is said; empty when it must be said. */
  Optional<String> fallback() {
    return Optional.ofNullable(fallback);
  }

  /** In a few words; empty when the key says it. */
  String meaning() {
    return meaning;
  }

  /** Such as {@code source}. */
  String section() {
    return words().get(0);
  }

  /** Its name in its section, such as {@code server-id}. */
  public String key() {
    return String.join("-", words().subList(1, words().size()));
  }

  /** Section and key, such as {@code source.server-id}: its name in messages. */
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
  String plainVariable() {
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
