/**
 * The background process that starts all servers and the job, restarts servers that die, and stops
 * everything. Start at {@link dev.freshet.sandbox.supervise.Supervisor}.
 */
package dev.freshet.sandbox.supervise;
