package dev.freshet.cli.verify;

import java.util.Optional;

/** An entry that differs between the store and MySQL; empty where a side lacks it. */
record Difference(Optional<Row> store, Optional<Row> mysql) {}
