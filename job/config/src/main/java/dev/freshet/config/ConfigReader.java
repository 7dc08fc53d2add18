package dev.freshet.config;

import dev.freshet.view.declare.Suggestion;
import dev.freshet.view.form.Unicode;
import dev.freshet.view.sql.MysqlSession;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Reads {@code freshet.yaml} and the environment, which overrides the file, for one program.
 *
 * <p>All problems are reported together: unknown keys and variables, missing and malformed values,
 * files that cannot be read, secrets where they must not be, and conflicting values. Every program
 * refuses keys and variables that no program knows, but validates only the settings that it needs.
 */
public final class ConfigReader {
  /** The variables of all settings. */
  private static final Set<String> VARIABLES = variableNames();

  /**
   * The driver properties that the user must not change, because the meaning of a view's query
   * depends on them.
   */
  private static final Set<String> OWN_MYSQL = ownMysql();

  private static final Set<String> OWN_POSTGRES =
      Set.of("user", "password", "options", "ApplicationName", "reWriteBatchedInserts");
  private static final Set<String> OWN_KAFKA = Set.of("bootstrap.servers");
  private static final Set<String> OWN_FLINK =
      Set.of("rest.address", "rest.port", "execution.target", "parallelism.default");

  private static final String FRACTION = "0(\\.\\d{1,9})?|1(\\.0{1,9})?";

  private final Path file;
  private final Map<String, String> environment;
  private final List<String> problems = new ArrayList<>();
  private final Fields fields;

  private ConfigReader(Path file, Map<String, String> environment) {
    this.file = file.toAbsolutePath();
    this.environment = environment;
    YamlFile yaml = YamlFile.read(this.file, problems);
    this.fields = new Fields(this.file, yaml, environment, problems);
    refuseUnknown();
  }

  /**
   * Reads all settings, for the command line.
   *
   * @param environment the environment variables, which override the file
   * @throws BadConfig with every problem
   */
  public static Config read(Path file, Map<String, String> environment) {
    ConfigReader reader = new ConfigReader(file, environment);
    return reader.right(reader.all());
  }

  /**
   * Reads the settings of the job.
   *
   * @param environment the environment variables, which override the file
   * @throws BadConfig with every problem
   */
  public static Config.ForJob forJob(Path file, Map<String, String> environment) {
    ConfigReader reader = new ConfigReader(file, environment);
    return reader.right(reader.job());
  }

  /**
   * Reads the settings of a reader.
   *
   * @param environment the environment variables, which override the file
   * @param judge returns the problems of the contents of the reader's secrets; not called if they
   *     cannot be read
   * @throws BadConfig with every problem
   */
  public static Config.ForReader forReader(
      Path file,
      Map<String, String> environment,
      BiFunction<Config.Access, Optional<Config.Tls>, List<String>> judge) {
    ConfigReader reader = new ConfigReader(file, environment);
    return reader.right(reader.reader(judge));
  }

  private <C> C right(C config) {
    if (!problems.isEmpty()) {
      throw new BadConfig(problems);
    }
    return config;
  }

  private Config all() {
    Config.ForJob job = job();
    return new Config(
        file,
        variables(),
        job.source(),
        job.views(),
        job.store(),
        job.kafka(),
        flink(),
        readerSection((access, tls) -> List.of()),
        job.job(),
        job.telemetry());
  }

  private Config.ForJob job() {
    return new Config.ForJob(
        source(account(Setting.SOURCE_USER, Setting.SOURCE_PASSWORD_FILE)),
        fields.folder(Setting.VIEWS_FOLDER),
        store(account(Setting.STORE_USER, Setting.STORE_PASSWORD_FILE)),
        kafka(),
        jobSection(),
        telemetry());
  }

  private Config.ForReader reader(
      BiFunction<Config.Access, Optional<Config.Tls>, List<String>> judge) {
    Config.Reader reader = readerSection(judge);
    if (!reader.access().hasTokens()) {
      problems.add(
          "%s is missing; set it to a file with a token, or set %s to a token, or configure other tokens as deploy/docs/security.md describes"
              .formatted(
                  fields.subject(Setting.READER_TOKEN_FILE),
                  Setting.READER_TOKEN_FILE.plainVariable()));
    }
    return new Config.ForReader(
        source(reader.source()), store(reader.store()), kafka(), reader, telemetry());
  }

  private Extra variables() {
    Map<String, String> settings = new TreeMap<>(environment);
    settings.keySet().retainAll(VARIABLES);
    return new Extra(settings);
  }

  private Config.Account account(Setting user, Setting password) {
    return new Config.Account(fields.text(user), fields.secret(password));
  }

  private Config.Source source(Config.Account account) {
    return new Config.Source(
        fields.text(Setting.SOURCE_HOST),
        fields.number(Setting.SOURCE_PORT),
        account,
        fields.text(Setting.SOURCE_DATABASE),
        fields.map(Setting.SOURCE_PROPERTIES, OWN_MYSQL));
  }

  private Config.Store store(Config.Account account) {
    return new Config.Store(
        fields.text(Setting.STORE_HOST),
        fields.number(Setting.STORE_PORT),
        account,
        fields.text(Setting.STORE_DATABASE),
        fields.matching(
            Setting.STORE_SCHEMA,
            "(?!pg_)[^\\p{Cntrl}]{1,63}",
            "a Postgres schema has 1 to 63 characters and does not begin with pg_"),
        fields.map(Setting.STORE_PROPERTIES, OWN_POSTGRES));
  }

  private Config.Kafka kafka() {
    return new Config.Kafka(
        fields.matchingUnlessEmpty(
            Setting.KAFKA_BOOTSTRAP,
            "[^,\\s]+:\\d{1,5}(,[^,\\s]+:\\d{1,5})*",
            "give host:port, with commas between brokers"),
        fields.matching(
            Setting.KAFKA_TOPIC_PREFIX,
            "[A-Za-z0-9._-]{1,100}",
            "take up to 100 letters, digits, '.', '_' and '-'"),
        fields.map(Setting.KAFKA_PROPERTIES, OWN_KAFKA));
  }

  private Config.Flink flink() {
    String url = url(Setting.FLINK_URL, fields.text(Setting.FLINK_URL));
    return new Config.Flink(
        url,
        keys(url),
        jars(),
        fields.optional(Setting.FLINK_SAVEPOINTS),
        fields.map(Setting.FLINK_PROPERTIES, OWN_FLINK));
  }

  private Optional<Path> jars() {
    Optional<Path> folder = fields.optional(Setting.FLINK_JAR_FOLDER).map(Path::of);
    if (folder.isPresent() && !folder.get().isAbsolute()) {
      problems.add(
          "%s: '%s' is not an absolute path; give the path that the cluster's machines have, too"
              .formatted(fields.subject(Setting.FLINK_JAR_FOLDER), folder.get()));
    }
    return folder;
  }

  private Optional<Config.KeyStoreFile> keys(String url) {
    Optional<Path> store = fields.optionalFile(Setting.FLINK_KEYSTORE_FILE);
    Optional<Secret> password = fields.optionalSecret(Setting.FLINK_KEYSTORE_PASSWORD_FILE);
    if (store.isPresent() != password.isPresent()) {
      Setting present =
          store.isPresent() ? Setting.FLINK_KEYSTORE_FILE : Setting.FLINK_KEYSTORE_PASSWORD_FILE;
      Setting missing =
          store.isPresent() ? Setting.FLINK_KEYSTORE_PASSWORD_FILE : Setting.FLINK_KEYSTORE_FILE;
      problems.add(
          "%s is set without %s; set both, or leave it out"
              .formatted(fields.subject(present), missing.path()));
    } else if (store.isPresent() && !url.startsWith("https:")) {
      problems.add(
          "%s is set, but flink.url is '%s', which uses no keys; give an https address, or leave it out"
              .formatted(fields.subject(Setting.FLINK_KEYSTORE_FILE), url));
    }
    return store.flatMap(file -> password.map(secret -> new Config.KeyStoreFile(file, secret)));
  }

  private Config.Reader readerSection(
      BiFunction<Config.Access, Optional<Config.Tls>, List<String>> judge) {
    int before = problems.size();
    Config.Access access = access();
    Optional<Config.Tls> tls = tls();
    if (problems.size() == before) {
      problems.addAll(judge.apply(access, tls));
    }
    String host = fields.text(Setting.READER_HOST);
    int port = fields.number(Setting.READER_PORT);
    String scheme = tls.isPresent() ? "https://" : "http://";
    String url =
        fields
            .optional(Setting.READER_URL)
            .map(given -> url(Setting.READER_URL, given))
            .orElse(scheme + (host.contains(":") ? "[" + host + "]" : host) + ":" + port);
    return new Config.Reader(
        host,
        port,
        url,
        fields.optional(Setting.READER_FLINK_URL).map(u -> url(Setting.READER_FLINK_URL, u)),
        access,
        tls,
        readerAccount(
            Setting.READER_SOURCE_USER,
            Setting.READER_SOURCE_PASSWORD_FILE,
            Setting.SOURCE_USER,
            Setting.SOURCE_PASSWORD_FILE),
        readerAccount(
            Setting.READER_STORE_USER,
            Setting.READER_STORE_PASSWORD_FILE,
            Setting.STORE_USER,
            Setting.STORE_PASSWORD_FILE),
        limits());
  }

  private Config.Access access() {
    Config.Access access =
        new Config.Access(
            token(),
            fields.optionalSecretFile(Setting.READER_TOKENS_FILE),
            fields.optionalSecretFile(Setting.READER_JWT_KEY_FILE),
            fields.optionalSecretFile(Setting.READER_JWT_SECRET_FILE),
            fields.optional(Setting.READER_JWT_ISSUER),
            fields.optional(Setting.READER_JWT_AUDIENCE));
    for (Setting setting : List.of(Setting.READER_JWT_ISSUER, Setting.READER_JWT_AUDIENCE)) {
      boolean isSigned = access.jwtKey().isPresent() || access.jwtSecret().isPresent();
      if (!isSigned && fields.optional(setting).isPresent()) {
        problems.add(
            "%s is set without %s or %s; set one of them too, or leave it out"
                .formatted(
                    fields.subject(setting),
                    Setting.READER_JWT_KEY_FILE.path(),
                    Setting.READER_JWT_SECRET_FILE.path()));
      }
    }
    return access;
  }

  private Optional<SecretFile> token() {
    int before = problems.size();
    Optional<SecretFile> token = fields.optionalSecretFile(Setting.READER_TOKEN_FILE);
    if (problems.size() == before
        && token.isPresent()
        && !token.get().content().reveal().matches("[!-~]{8,}")) {
      problems.add(
          token.get().subject()
              + " must have at least 8 characters, all of them visible ASCII;"
              + " make a token with: openssl rand -hex 24");
    }
    return token;
  }

  private Optional<Config.Tls> tls() {
    Optional<SecretFile> certificate =
        fields.optionalSecretFile(Setting.READER_TLS_CERTIFICATE_FILE);
    Optional<SecretFile> key = fields.optionalSecretFile(Setting.READER_TLS_KEY_FILE);
    if (certificate.isPresent() != key.isPresent()) {
      Setting present =
          key.isPresent() ? Setting.READER_TLS_KEY_FILE : Setting.READER_TLS_CERTIFICATE_FILE;
      Setting missing =
          key.isPresent() ? Setting.READER_TLS_CERTIFICATE_FILE : Setting.READER_TLS_KEY_FILE;
      problems.add(
          "%s is set without %s; set both, or none for plain HTTP"
              .formatted(fields.subject(present), missing.path()));
    }
    return certificate.isPresent() && key.isPresent()
        ? Optional.of(new Config.Tls(certificate.get(), key.get()))
        : Optional.empty();
  }

  /** Returns the reader's own account, or the job's if the reader has none. */
  private Config.Account readerAccount(
      Setting ownUser, Setting ownPassword, Setting user, Setting password) {
    Optional<String> name = fields.optional(ownUser);
    Optional<Secret> secret = fields.optionalSecret(ownPassword);
    if (name.isEmpty() && secret.isEmpty()) {
      return account(user, password);
    }
    if (name.isEmpty() || secret.isEmpty()) {
      Setting missing = name.isPresent() ? ownPassword : ownUser;
      Setting present = name.isPresent() ? ownUser : ownPassword;
      problems.add(
          "%s is set without %s; set both, or none to take %s"
              .formatted(fields.subject(present), missing.path(), user.path()));
    }
    return new Config.Account(name.orElse(""), secret.orElse(new Secret("")));
  }

  private Config.Limits limits() {
    Config.Limits limits =
        new Config.Limits(
            fields.number(Setting.READER_THREADS),
            fields.number(Setting.READER_STORE_CONNECTIONS),
            fields.number(Setting.READER_STORE_TIMEOUT_MS),
            fields.number(Setting.READER_FALLBACKS),
            fields.number(Setting.READER_FALLBACK_QUEUE),
            fields.number(Setting.READER_FALLBACK_WAIT_MS),
            fields.number(Setting.READER_FALLBACK_TIMEOUT_MS),
            fields.number(Setting.READER_STREAMS),
            fields.number(Setting.READER_FALLBACKS_PER_SECOND),
            fields.number(Setting.READER_MAX_CONNECTIONS),
            fields.number(Setting.READER_MAX_CONNECTIONS_PER_ADDRESS),
            fields.number(Setting.READER_MAX_ANSWER_BYTES),
            fields.number(Setting.READER_TOKEN_SHARE_PERCENT),
            fields.number(Setting.READER_SUBJECT_SHARE_PERCENT));
    if (limits.fallbacks() + limits.fallbackQueue() >= limits.threads()) {
      problems.add(
          "%s is %d, but %d reader.fallbacks and %d in reader.fallback-queue could use all threads; raise it above their sum"
              .formatted(
                  fields.subject(Setting.READER_THREADS),
                  limits.threads(),
                  limits.fallbacks(),
                  limits.fallbackQueue()));
    }
    return limits;
  }

  private Config.Job jobSection() {
    int parallelism = fields.number(Setting.JOB_PARALLELISM);
    int most = fields.number(Setting.JOB_MAX_PARALLELISM);
    if (parallelism > most) {
      problems.add(
          "%s is %d, above job.max-parallelism %d; lower it"
              .formatted(fields.subject(Setting.JOB_PARALLELISM), parallelism, most));
    }
    return new Config.Job(
        fields.matching(
            Setting.JOB_NAME,
            "[A-Za-z0-9][A-Za-z0-9 ._-]{0,99}",
            "take up to 100 letters, digits, ' ', '.', '_' and '-', a letter or digit first"),
        fields.number(Setting.SOURCE_SERVER_ID),
        fields.number(Setting.SOURCE_CHUNK_SIZE),
        parallelism,
        most,
        fields.number(Setting.JOB_CHECKPOINT_INTERVAL_MS),
        fields.number(Setting.JOB_MAX_VALUE_BYTES),
        secretsInFiles());
  }

  private Optional<Config.Telemetry> telemetry() {
    Optional<String> endpoint =
        fields
            .optional(Setting.TELEMETRY_ENDPOINT)
            .map(given -> url(Setting.TELEMETRY_ENDPOINT, given));
    String sample =
        fields.matching(Setting.TELEMETRY_SAMPLE, FRACTION, "take a number from 0 to 1, like 0.01");
    return endpoint
        .filter(address -> sample.matches(FRACTION))
        .map(address -> new Config.Telemetry(address, Double.parseDouble(sample)));
  }

  /** Whether tasks read secrets from files. Secrets of the environment are in no file. */
  private boolean secretsInFiles() {
    boolean files =
        fields.matching(Setting.JOB_SECRETS, "graph|files", "write graph or files").equals("files");
    for (Setting setting : List.of(Setting.SOURCE_PASSWORD_FILE, Setting.STORE_PASSWORD_FILE)) {
      if (files && fields.optionalSecret(setting).filter(s -> s.file().isEmpty()).isPresent()) {
        problems.add(
            "%s is set, but job.secrets is 'files', so tasks read the secret from a file; set %s"
                .formatted(fields.subject(setting), setting.path()));
      }
    }
    return files;
  }

  private String url(Setting setting, String text) {
    try {
      URI uri = URI.create(text);
      boolean plain =
          (uri.getScheme() + "").matches("https?")
              && uri.getHost() != null
              && uri.getRawQuery() == null
              && uri.getRawUserInfo() == null;
      if (plain) {
        return text.replaceFirst("/+$", "");
      }
    } catch (IllegalArgumentException e) {
      // Reported below, like an address with other parts.
    }
    if (!text.isEmpty()) {
      problems.add(
          "%s is '%s'; give an address such as http://flink:8081"
              .formatted(fields.subject(setting), text));
    }
    return "http://127.0.0.1";
  }

  private void refuseUnknown() {
    // MySQL is the source and Postgres the store, but users look for their names.
    List<String> prefixes =
        Stream.concat(Setting.sections().stream(), Stream.of("mysql", "postgres"))
            .map(section -> "FRESHET_" + section.toUpperCase(Locale.ROOT) + "_")
            .toList();
    for (String name : new TreeSet<>(environment.keySet())) {
      if (VARIABLES.contains(name) && !Unicode.isValid(environment.get(name))) {
        problems.add("Variable " + name + " has half of a surrogate pair; give it valid Unicode");
      }
      if (prefixes.stream().anyMatch(name::startsWith) && !VARIABLES.contains(name)) {
        problems.add(
            "Variable "
                + name
                + " is not a setting; "
                + Suggestion.of(
                    name,
                    VARIABLES,
                    "unset it, or look its name up in deploy/docs/configuration.md"));
      }
    }
  }

  private static Set<String> variableNames() {
    Set<String> names = new TreeSet<>();
    for (Setting setting : Setting.values()) {
      names.add(setting.variable());
      if (setting.isSecret()) {
        names.add(setting.plainVariable());
      }
    }
    return names;
  }

  private static Set<String> ownMysql() {
    Set<String> free =
        Set.of("sslMode", "connectTimeout", "allowPublicKeyRetrieval", "tcpKeepAlive");
    return Stream.concat(
            Stream.of("user", "password"),
            MysqlSession.settings().keySet().stream().filter(name -> !free.contains(name)))
        .collect(Collectors.toUnmodifiableSet());
  }
}
