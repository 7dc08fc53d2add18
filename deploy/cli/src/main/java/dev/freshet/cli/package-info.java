/** The command line, one class per command. Start at {@link dev.freshet.cli.Main}. */
package dev.freshet.cli;
