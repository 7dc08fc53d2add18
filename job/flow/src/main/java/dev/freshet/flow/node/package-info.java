/**
 * The nodes of the views' joins. Read the decisions first, {@link
 * dev.freshet.flow.node.DimensionNode} and {@link dev.freshet.flow.node.RootNode}, then the
 * operators that run them. {@link dev.freshet.flow.node.StepBuffer} holds events until their
 * watermark; {@link dev.freshet.flow.node.NodeOperator} orders them by version, then by order
 * within the version. {@link dev.freshet.flow.node.Marker} decides whether a row that failed is
 * retried, read from MySQL, or given up as a dead letter.
 *
 * <p>{@link dev.freshet.flow.node.GroupNode} and its operator are the node of a job over events.
 */
package dev.freshet.flow.node;
