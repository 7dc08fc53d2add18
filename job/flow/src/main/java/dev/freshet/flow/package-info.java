/**
 * The Flink job that maintains the projections. Read {@link dev.freshet.flow.JobPlan} first, which
 * lists the views and nodes, then {@link dev.freshet.flow.Pipeline}, which wires the operators in
 * the order of the data.
 */
package dev.freshet.flow;
