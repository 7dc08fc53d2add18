package dev.freshet.view.sql;

/**
 * The store's table of what came of comparing projections with MySQL: a row for each view that was
 * ever verified.
 *
 * <p>Columns: {@code view}; {@code at}, when it was verified last; how many times a key was found
 * {@code verified}, {@code inconclusive}, {@code mismatched} or {@code not_served}; {@code open},
 * the keys that were found mismatched and not verified since, as in a reader's URL, {@value
 * #MOST_OPEN} at most.
 */
public final class VerificationTable {
  /** More keys than these are not named. */
  public static final int MOST_OPEN = 1000;

  private final String table;

  public VerificationTable(String schema) {
    this.table = Names.POSTGRES.quoted(schema) + ".verification";
  }

  /** Creates the table if it is not there. */
  public String create() {
    return "CREATE TABLE IF NOT EXISTS "
        + table
        + " (view text PRIMARY KEY, at timestamptz NOT NULL, verified bigint NOT NULL,"
        + " inconclusive bigint NOT NULL, mismatched bigint NOT NULL, not_served bigint NOT NULL,"
        + " open text[] NOT NULL DEFAULT '{}')";
  }

  /**
   * Adds what came of some keys of a view.
   *
   * <p>Parameters: the view; how many keys are verified, inconclusive, mismatched, not served;
   * those that are mismatched; those that are verified, both as arrays of text.
   */
  public String add() {
    return "INSERT INTO "
        + table
        + " AS v (view, at, verified, inconclusive, mismatched, not_served, open)"
        + " VALUES (?, now(), ?, ?, ?, ?, ?) ON CONFLICT (view) DO UPDATE SET at = now(),"
        + " verified = v.verified + EXCLUDED.verified,"
        + " inconclusive = v.inconclusive + EXCLUDED.inconclusive,"
        + " mismatched = v.mismatched + EXCLUDED.mismatched,"
        + " not_served = v.not_served + EXCLUDED.not_served,"
        + " open = ARRAY(SELECT unnest(v.open) EXCEPT SELECT unnest(?::text[])"
        + " UNION SELECT unnest(EXCLUDED.open) ORDER BY 1 LIMIT "
        + MOST_OPEN
        + ")";
  }

  /**
   * The keys of a view that are {@code open}, in one column.
   *
   * <p>Parameters: the view.
   */
  public String selectOpen() {
    return "SELECT unnest(open) FROM " + table + " WHERE view = ?";
  }

  /**
   * What came of the views that were ever verified. No parameters.
   *
   * <p>Columns: those of the table, and {@code mismatches}, how many keys are {@code open}.
   */
  public String select() {
    return "SELECT view, at, verified, inconclusive, mismatched, not_served, open,"
        + " cardinality(open) AS mismatches FROM "
        + table;
  }
}
