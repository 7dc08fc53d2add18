/**
 * The nodes of the views' joins: what they decide ({@link dev.freshet.flow.node.DimensionNode},
 * {@link dev.freshet.flow.node.RootNode}: read these first) and the operators that run them.
 */
package dev.freshet.flow.node;
