/**
 * Requests jobs to repair keys, and receives the results. Read {@link
 * dev.freshet.cli.repair.RepairRun} first.
 */
package dev.freshet.cli.repair;
