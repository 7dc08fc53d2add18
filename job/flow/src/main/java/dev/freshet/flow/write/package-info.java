/**
 * The writer: decides which entries are written to the store, and when. Read {@link
 * dev.freshet.flow.write.WriteBuffer} first, then {@link dev.freshet.flow.write.ProjectionStore},
 * which writes a flush in one transaction by {@code EntryWriter} for the rows of entries, and
 * {@link dev.freshet.flow.write.WriterOperator}, the Flink operator around both. {@code WriterKeys}
 * has the states of keys. {@link dev.freshet.store.StoreTables} has the tables.
 */
package dev.freshet.flow.write;
