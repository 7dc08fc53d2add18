/**
 * The process that stays behind: it starts everything, starts again what dies, and stops it all.
 * Start at {@link dev.freshet.cli.supervise.Supervisor}.
 */
package dev.freshet.cli.supervise;
