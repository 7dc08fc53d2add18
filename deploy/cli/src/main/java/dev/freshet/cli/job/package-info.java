/**
 * Submits, stops and resumes the job on any Flink session cluster. Start at {@link
 * dev.freshet.cli.job.JobControl}.
 */
package dev.freshet.cli.job;
