/**
 * The reader's access to Postgres and MySQL. Read {@link dev.freshet.reader.database.PostgresStore}
 * first.
 */
package dev.freshet.reader.database;
