/**
 * The job on any Flink session cluster: how it gets there, stops, and goes on. Start at {@link
 * dev.freshet.cli.job.JobControl}.
 */
package dev.freshet.cli.job;
