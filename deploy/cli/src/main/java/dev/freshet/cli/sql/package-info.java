/** What the SQL client finds ready; start at {@link dev.freshet.cli.sql.Session}. */
package dev.freshet.cli.sql;
