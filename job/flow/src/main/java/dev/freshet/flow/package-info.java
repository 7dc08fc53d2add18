/**
 * The Flink job that keeps the projections. Read {@link dev.freshet.flow.JobPlan} first, which says
 * what the job keeps, then {@link dev.freshet.flow.Pipeline}, which wires the operators in the
 * order of the data.
 */
package dev.freshet.flow;
