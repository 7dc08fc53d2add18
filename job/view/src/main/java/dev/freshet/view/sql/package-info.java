/**
 * The SQL for MySQL, derived from a plan, and the conversion of canonical values to and from MySQL
 * and Postgres. Read {@link dev.freshet.view.sql.MysqlQueries} first.
 */
package dev.freshet.view.sql;
