/**
 * The writer: what of the entries is written to the store, and when. Read {@link
 * dev.freshet.flow.write.WriteBuffer} first, then {@link dev.freshet.flow.write.ProjectionStore},
 * which writes a flush in one transaction, and {@link dev.freshet.flow.write.WriterOperator}, the
 * Flink operator around both. What is known of keys is in {@code WriterKeys}. The tables are those
 * of {@link dev.freshet.store.StoreTables}.
 */
package dev.freshet.flow.write;
