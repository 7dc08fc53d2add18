/**
 * The SQL derived from a plan, for MySQL and for Postgres, and how canonical values go in and out
 * of both. Read {@link dev.freshet.view.sql.MysqlQueries} and {@link
 * dev.freshet.view.sql.PostgresTables} first.
 */
package dev.freshet.view.sql;
