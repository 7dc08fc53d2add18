/**
 * The Flink job that keeps the projections: read {@link dev.freshet.flow.JobPlan} first, then the
 * wiring.
 */
package dev.freshet.flow;
