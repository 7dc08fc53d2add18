/**
 * Describes the meaning and the costs of a declared view before it is submitted. Start at {@link
 * dev.freshet.cli.explain.Explanation}.
 */
package dev.freshet.cli.explain;
