/**
 * Asks jobs to repair keys and says what comes of it. Read {@link dev.freshet.cli.repair.RepairRun}
 * first.
 */
package dev.freshet.cli.repair;
