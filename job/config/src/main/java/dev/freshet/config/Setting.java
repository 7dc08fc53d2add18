package dev.freshet.config;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BiFunction;

/**
 * All settings. The name of a constant determines the section and the key: {@code SOURCE_SERVER_ID}
 * is {@code server-id} in the section {@code source}. The environment variable {@code
 * FRESHET_SOURCE_SERVER_ID} overrides it.
 *
 * <p>To add a setting, add a constant here, its value to {@link Config}, its reading to {@link
 * ConfigReader}, and its row to {@code deploy/docs/configuration.md}; a test compares the table.
 * The job takes its values from {@link Config} in {@code JobOptions}, the reader in {@code
 * ReaderConfig}.
 */
public enum Setting {
  SOURCE_HOST(Kind.TEXT, "127.0.0.1", ReadBy.BOTH, "MySQL, the source"),
  SOURCE_PORT(1, 65_535, "3306", ReadBy.BOTH, ""),
  SOURCE_USER(
      Kind.TEXT, null, ReadBy.BOTH, "the job's account; `freshet grants` prints its rights"),
  SOURCE_PASSWORD_FILE(Kind.SECRET, null, ReadBy.BOTH, "file with the account's password"),
  SOURCE_DATABASE(Kind.TEXT, null, ReadBy.BOTH, "the default schema of unqualified table names"),
  SOURCE_SERVER_ID(
      0,
      Integer.MAX_VALUE,
      "0",
      ReadBy.JOB,
      "`server_id` of the binlog reader, unique among the source's replicas; 0 for a random one"
          + " above 2^30"),
  SOURCE_CHUNK_SIZE(1, 100_000_000, "50000", ReadBy.JOB, "rows in a chunk of the snapshot"),
  SOURCE_PROPERTIES(
      Kind.MAP,
      "{}",
      ReadBy.BOTH,
      "properties of MySQL's JDBC driver, such as `sslMode`, for all connections to MySQL"),
  VIEWS_FOLDER(Kind.FOLDER, "sql/views", ReadBy.JOB, "the declared views, one `.sql` file each"),
  STORE_HOST(Kind.TEXT, "127.0.0.1", ReadBy.BOTH, "Postgres, the store"),
  STORE_PORT(1, 65_535, "5432", ReadBy.BOTH, ""),
  STORE_USER(Kind.TEXT, null, ReadBy.BOTH, "the job's account"),
  STORE_PASSWORD_FILE(Kind.SECRET, null, ReadBy.BOTH, "file with the account's password"),
  STORE_DATABASE(Kind.TEXT, null, ReadBy.BOTH, ""),
  STORE_SCHEMA(Kind.TEXT, "freshet", ReadBy.BOTH, "the Postgres schema that only Freshet uses"),
  STORE_PROPERTIES(
      Kind.MAP,
      "{}",
      ReadBy.BOTH,
      "properties of Postgres's JDBC driver, such as `sslmode` and `sslrootcert`"),
  KAFKA_BOOTSTRAP(
      Kind.TEXT,
      "127.0.0.1:9092",
      ReadBy.BOTH,
      "brokers, `host:port` separated by commas; `\"\"` for a job without streams"),
  KAFKA_TOPIC_PREFIX(Kind.TEXT, "freshet", ReadBy.BOTH, "prefix of Freshet's topics"),
  KAFKA_PROPERTIES(
      Kind.MAP, "{}", ReadBy.BOTH, "properties of Kafka's clients, such as `security.protocol`"),
  FLINK_URL(
      Kind.TEXT,
      "http://127.0.0.1:8081",
      ReadBy.COMMAND_LINE,
      "REST address of a Flink 1.20 session cluster"),
  FLINK_KEYSTORE_FILE(
      Kind.OPTIONAL_FILE,
      "",
      ReadBy.COMMAND_LINE,
      "key store with the key and the certificates for an https `flink.url`; see"
          + " [TLS](security.md#tls)"),
  FLINK_KEYSTORE_PASSWORD_FILE(
      Kind.OPTIONAL_SECRET,
      "",
      ReadBy.COMMAND_LINE,
      "file with the password of the key store and its keys"),
  FLINK_JAR_FOLDER(
      Kind.OPTIONAL,
      "",
      ReadBy.COMMAND_LINE,
      "folder with the same absolute path on this machine and on all machines of the cluster: the"
          + " job's jar is copied into it instead of being sent with each job"),
  FLINK_SAVEPOINTS(
      Kind.OPTIONAL,
      "",
      ReadBy.COMMAND_LINE,
      "folder of savepoints, as a path on the cluster; the cluster's default if empty"),
  FLINK_PROPERTIES(
      Kind.MAP,
      "{}",
      ReadBy.COMMAND_LINE,
      "Flink options of the job and the client, such as `state.backend.type`"),
  READER_HOST(Kind.TEXT, "127.0.0.1", ReadBy.READER, "address that the reader listens on"),
  READER_PORT(0, 65_535, "8080", ReadBy.READER, "0 for a free port"),
  READER_URL(
      Kind.OPTIONAL,
      "",
      ReadBy.READER,
      "URL under which clients reach the reader; `http://HOST:PORT` if empty"),
  READER_FLINK_URL(
      Kind.OPTIONAL,
      "",
      ReadBy.READER,
      "Flink's REST address, which the reader asks for [the page](page.md); not asked if empty"),
  READER_TOKEN_FILE(
      Kind.OPTIONAL_SECRET, "", ReadBy.READER, "a token with all rights; only the reader needs it"),
  READER_TOKENS_FILE(
      Kind.OPTIONAL_SECRET,
      "",
      ReadBy.READER,
      "tokens with scopes; see [Tokens](security.md#tokens)"),
  READER_JWT_KEY_FILE(
      Kind.OPTIONAL_SECRET,
      "",
      ReadBy.READER,
      "public keys that verify signed tokens, as PEM or a JWK set; see [Tokens](security.md#tokens)"),
  READER_JWT_SECRET_FILE(
      Kind.OPTIONAL_SECRET,
      "",
      ReadBy.READER,
      "a secret that verifies signed tokens (HS256), of at least 32 bytes"),
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
  READER_SOURCE_PASSWORD_FILE(
      Kind.OPTIONAL_SECRET, "", ReadBy.READER, "file with the account's password"),
  READER_STORE_USER(
      Kind.OPTIONAL, "", ReadBy.READER, "the reader's Postgres account; `store.user` if empty"),
  READER_STORE_PASSWORD_FILE(
      Kind.OPTIONAL_SECRET, "", ReadBy.READER, "file with the account's password"),
  READER_THREADS(16, 1000, "64", ReadBy.READER, "threads that answer requests"),
  READER_STORE_CONNECTIONS(
      1, 1000, "8", ReadBy.READER, "connections to Postgres for answers; 7 more monitor it"),
  READER_STORE_TIMEOUT_MS(
      1,
      600_000,
      "500",
      ReadBy.READER,
      "time limit of a query to Postgres, and of the wait for a connection; then MySQL is queried."
          + " While other queries succeed, a request waits for a connection up to three times as"
          + " long"),
  READER_FALLBACKS(1, 500, "4", ReadBy.READER, "concurrent queries to MySQL"),
  READER_FALLBACK_QUEUE(0, 500, "16", ReadBy.READER, "requests that may wait for a query to MySQL"),
  READER_FALLBACK_WAIT_MS(
      1, 600_000, "250", ReadBy.READER, "how long a request may wait for a query to MySQL"),
  READER_FALLBACK_TIMEOUT_MS(
      1, 600_000, "2000", ReadBy.READER, "time limit of a query to MySQL; MySQL enforces it"),
  READER_STREAMS(
      0, 100_000, "1000", ReadBy.READER, "concurrent event streams; further clients get 503"),
  READER_FALLBACKS_PER_SECOND(
      0, 1_000_000, "0", ReadBy.READER, "such queries started per second; 0 for no limit"),
  READER_MAX_CONNECTIONS(
      16,
      1_000_000,
      "3000",
      ReadBy.READER,
      "connections of clients, event streams included; further ones are closed at once"),
  READER_MAX_CONNECTIONS_PER_ADDRESS(
      0,
      1_000_000,
      "0",
      ReadBy.READER,
      "such connections of one address; 0 for half of all; raise it behind a proxy"),
  READER_MAX_ANSWER_BYTES(
      65_536,
      1 << 28,
      "8388608",
      ReadBy.READER,
      "maximum size of an answer and of a batch of answers; larger ones get 413"),
  READER_TOKEN_SHARE_PERCENT(
      1,
      100,
      "75",
      ReadBy.READER,
      "maximum share of requests, queries to MySQL, event streams and populated keys that a token"
          + " gets; the only token gets all; see [fair shares](reliability.md#fair-shares)"),
  READER_SUBJECT_SHARE_PERCENT(
      1, 100, "10", ReadBy.READER, "the same for all signed tokens with equal `key` values"),
  JOB_NAME(Kind.TEXT, "freshet", ReadBy.JOB, "identifies the job's progress in the store"),
  JOB_PARALLELISM(
      1, 32_768, "1", ReadBy.JOB, "parallelism of nodes and writers; one task reads the binlog"),
  JOB_MAX_PARALLELISM(
      1, 32_768, "128", ReadBy.JOB, "number of key groups; fixed for the life of the state"),
  JOB_CHECKPOINT_INTERVAL_MS(
      100,
      86_400_000,
      "10000",
      ReadBy.JOB,
      "how often a checkpoint begins, and the shortest pause between two"),
  JOB_MAX_VALUE_BYTES(
      1,
      1 << 28,
      "1048576",
      ReadBy.JOB,
      "maximum size of a value; MySQL answers keys with larger values"),
  JOB_SECRETS(
      Kind.TEXT,
      "graph",
      ReadBy.JOB,
      "where tasks take secrets from: `graph`, the job graph that is submitted, or `files` with the"
          + " same absolute paths on all machines of the cluster; see"
          + " [accounts](security.md#accounts)"),
  TELEMETRY_ENDPOINT(
      Kind.OPTIONAL,
      "",
      ReadBy.BOTH,
      "address of an OpenTelemetry collector that takes OTLP over HTTP, such as"
          + " `http://collector:4318`; nothing is exported if empty; see"
          + " [telemetry](telemetry.md)"),
  TELEMETRY_SAMPLE(
      Kind.TEXT, "0.01", ReadBy.BOTH, "fraction of reads and flushes that are traced, 0 to 1");

  /** The type of a value. */
  enum Kind {
    TEXT,
    /** Text that may be left out. */
    OPTIONAL,
    NUMBER,
    FOLDER,
    /** The path of a file that may be left out. */
    OPTIONAL_FILE,
    MAP,
    /** The path of a file with a secret. */
    SECRET,
    OPTIONAL_SECRET
  }

  /**
   * The programs that validate and use a value, besides the command line, which uses all values.
   */
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

  /** Returns the smallest allowed number; 0 for other types. */
  int least() {
    return least;
  }

  /** Returns the largest allowed number; 0 for other types. */
  int most() {
    return most;
  }

  ReadBy readBy() {
    return readBy;
  }

  /** Returns the default; empty if the setting is required. */
  Optional<String> fallback() {
    return Optional.ofNullable(fallback);
  }

  /** Returns the meaning in a few words, for the documentation; empty if the key is clear. */
  String meaning() {
    return meaning;
  }

  /** Returns the section, such as {@code source}. */
  String section() {
    return words().get(0);
  }

  /** Returns the key in the section, such as {@code server-id}. */
  public String key() {
    return String.join("-", words().subList(1, words().size()));
  }

  /** Returns section and key, such as {@code source.server-id}; the name in messages. */
  public String path() {
    return section() + "." + key();
  }

  /** Returns the environment variable that overrides the file. */
  public String variable() {
    return "FRESHET_" + name();
  }

  boolean isSecret() {
    return kind == Kind.SECRET || kind == Kind.OPTIONAL_SECRET;
  }

  /**
   * Returns the path without the suffix {@code -file}. There is no such setting; a user may give it
   * by mistake, with the secret itself as its value.
   */
  String plainPath() {
    return path().substring(0, path().length() - FILE.length());
  }

  /** Returns the environment variable for the secret itself. */
  String plainVariable() {
    return variable().substring(0, variable().length() - FILE.length());
  }

  /**
   * Returns variables of the environment without secrets: a variable that holds a secret is
   * replaced by the one that names its file.
   *
   * @param writer writes a secret to a file for a setting's path, such as {@code
   *     source.password-file}, and returns the file
   */
  public static Map<String, String> withSecretsInFiles(
      Map<String, String> variables, BiFunction<String, Secret, Path> writer) {
    Map<String, String> result = new TreeMap<>(variables);
    for (Setting setting : values()) {
      String secret = setting.isSecret() ? variables.get(setting.plainVariable()) : null;
      // Spaces around a secret would be lost in a file.
      if (secret != null && secret.equals(secret.strip())) {
        result.remove(setting.plainVariable());
        result.put(
            setting.variable(),
            writer.apply(setting.path(), new Secret(secret)).toAbsolutePath().toString());
      }
    }
    return result;
  }

  /** Returns all sections in their order. */
  static List<String> sections() {
    return Arrays.stream(values()).map(Setting::section).distinct().toList();
  }

  private List<String> words() {
    return List.of(name().toLowerCase(Locale.ROOT).split("_"));
  }
}
