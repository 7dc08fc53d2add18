/**
 * The SQL that MySQL is asked, derived from a plan, and how canonical values go in and out of MySQL
 * and Postgres. Read {@link dev.freshet.view.sql.MysqlQueries} first.
 */
package dev.freshet.view.sql;
