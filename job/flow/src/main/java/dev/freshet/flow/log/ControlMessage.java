package dev.freshet.flow.log;

/** A message that is broadcast to every writer, in addition to the entries. */
public sealed interface ControlMessage
    permits WatermarkInfo,
        UnroutableRow,
        ViewFault,
        ChangeReport,
        Backlog,
        RepairMark,
        Reads,
        Rebuild,
        Rebuild.Sent {}
