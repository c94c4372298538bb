package io.packhouse.server.flight.sql;

import com.google.protobuf.ByteString;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The queries that are being sent, by their tickets. Thread-safe. */
final class RunningQueries {
  private final Map<ByteString, Set<QuerySending>> byTicket = new ConcurrentHashMap<>();

  void add(ByteString ticket, QuerySending query) {
    byTicket.compute(
        ticket,
        (_, there) -> {
          Set<QuerySending> all = there == null ? ConcurrentHashMap.newKeySet() : there;
          all.add(query);
          return all;
        });
  }

  void remove(ByteString ticket, QuerySending query) {
    byTicket.computeIfPresent(
        ticket,
        (_, all) -> {
          all.remove(query);
          return all.isEmpty() ? null : all;
        });
  }

  /** Cancels all of a ticket, and says whether there was any. */
  boolean cancel(ByteString ticket) {
    Set<QuerySending> all = byTicket.getOrDefault(ticket, Set.of());
    boolean any = false;
    for (QuerySending query : all) {
      query.cancel();
      any = true;
    }
    return any;
  }
}
