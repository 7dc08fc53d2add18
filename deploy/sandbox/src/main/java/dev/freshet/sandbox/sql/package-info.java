/**
 * Declares the tables of the interactive SQL client. Read {@link dev.freshet.sandbox.sql.Session}
 * first.
 */
package dev.freshet.sandbox.sql;
