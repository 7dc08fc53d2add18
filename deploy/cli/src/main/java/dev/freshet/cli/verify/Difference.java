package dev.freshet.cli.verify;

import java.util.Optional;

/** An entry that the two sides do not have alike. */
record Difference(Optional<Row> store, Optional<Row> mysql) {}
