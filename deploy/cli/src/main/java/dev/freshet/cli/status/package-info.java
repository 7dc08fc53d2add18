/**
 * Reads and prints the status of a running system. Start at {@link dev.freshet.cli.status.Status}.
 * The lag comes from the time in the table {@code progress}, up to which capture's {@code
 * FreshnessTracker} confirmed the store.
 */
package dev.freshet.cli.status;
