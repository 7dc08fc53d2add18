/**
 * The process that stays behind: it starts everything, starts again what dies, and stops it all.
 * Start at {@link dev.freshet.sandbox.supervise.Supervisor}.
 */
package dev.freshet.sandbox.supervise;
