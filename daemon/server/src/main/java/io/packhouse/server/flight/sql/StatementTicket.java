package io.packhouse.server.flight.sql;

import io.packhouse.server.flight.wire.Signer;

/**
 * What the ticket of a statement says.
 *
 * @param parameters an Arrow IPC stream of one row; of no bytes for none
 * @param nonce tells tickets of the same statement apart, so that one is cancelled and not the
 *     other
 */
@SuppressWarnings("ArrayRecordComponent") // handed through, never compared
record StatementTicket(String sql, byte[] parameters, long nonce, String caller, long expires)
    implements Signer.Signed {}
