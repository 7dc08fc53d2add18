/**
 * The store: what Freshet keeps in Postgres. All knowledge of its tables is here, for the job that
 * writes them, the reader that answers from them, and the commands that look after them. Read
 * {@link dev.freshet.store.StoreTables} first, then {@link dev.freshet.store.ProgressTable}.
 *
 * <p>Plain JDBC, without Flink and without a driver. The statements run in the caller's
 * transaction.
 */
package dev.freshet.store;
