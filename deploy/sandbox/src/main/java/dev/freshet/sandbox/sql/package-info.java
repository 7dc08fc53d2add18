/** What the SQL client finds ready; start at {@link dev.freshet.sandbox.sql.Session}. */
package dev.freshet.sandbox.sql;
