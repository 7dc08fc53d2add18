/**
 * The projections in Postgres: what is written when ({@link dev.freshet.flow.write.WriteBuffer}:
 * read this first), how ({@link dev.freshet.flow.write.ProjectionStore}), and the tables.
 */
package dev.freshet.flow.write;
