/**
 * What is known of a running system, on one screen. Start at {@link dev.freshet.cli.status.Status}.
 */
package dev.freshet.cli.status;
