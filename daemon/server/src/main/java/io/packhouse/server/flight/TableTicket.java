package io.packhouse.server.flight;

import io.packhouse.server.flight.wire.Signer;

/**
 * What the ticket of a table says.
 *
 * @param query what the stream has
 * @param archiveId of the archive that the flight was told of; another in its place is refused
 * @param firstBatch ordinal of the first batch of the index that is its
 * @param endBatch one past its last
 */
record TableTicket(
    FlightQuery query, String archiveId, int firstBatch, int endBatch, String caller, long expires)
    implements Signer.Signed {}
