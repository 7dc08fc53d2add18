/**
 * The projections in Postgres: what is written when ({@link dev.freshet.flow.store.Pending}: read
 * this first), how ({@link dev.freshet.flow.store.ProjectionStore}), and the tables.
 */
package dev.freshet.flow.store;
