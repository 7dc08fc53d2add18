/**
 * The two databases behind a reader. Read {@link dev.freshet.reader.database.PostgresStore} first.
 */
package dev.freshet.reader.database;
