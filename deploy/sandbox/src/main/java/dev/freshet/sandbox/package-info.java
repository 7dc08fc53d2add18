/**
 * Everything on one machine: the commands that start, load, measure, explore and stop it. Read
 * {@link dev.freshet.sandbox.SandboxCommands} first.
 */
package dev.freshet.sandbox;
