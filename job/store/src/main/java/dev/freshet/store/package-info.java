/**
 * The store: Freshet's tables in Postgres. Only this package knows their columns; the job writes
 * them, the reader answers from them, and the operators' commands inspect and repair them. Read
 * {@link dev.freshet.store.StoreTables} first, then {@link dev.freshet.store.ProgressTable}.
 *
 * <p>Plain JDBC, without Flink and without a driver. The statements run in the caller's
 * transaction.
 */
package dev.freshet.store;
