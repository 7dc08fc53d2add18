/**
 * The sandbox: all servers on one machine, and the commands that start, load, measure, explore and
 * stop them. Read {@link dev.freshet.sandbox.SandboxCommands} first.
 */
package dev.freshet.sandbox;
