package io.packhouse.sql;

/**
 * What a statement gives and takes, told without running it.
 *
 * @param columns of the result: an Arrow schema message, encapsulated as in an IPC stream
 * @param parameters in the order of the statement, likewise; of no columns where it has none
 */
@SuppressWarnings("ArrayRecordComponent") // handed through, never compared
public record StatementPlan(byte[] columns, byte[] parameters) {}
