package io.packhouse.benchmarks.service;

import com.google.longrunning.ListOperationsRequest;
import com.google.longrunning.ListOperationsResponse;
import com.google.longrunning.Operation;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.Code;
import io.packhouse.remote.PackhouseClient;
import io.packhouse.v1.OperationMetadata;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/**
 * The operations that a daemon took, by name, to be found again at the end: every one must have
 * ended, and none by ABORTED that no restart cut off. Thread-safe.
 */
final class Ledger {
  private final Map<String, Boolean> accepted = new ConcurrentHashMap<>();

  /** When daemons ended. */
  private final List<Instant> ends = new CopyOnWriteArrayList<>();

  /** An operation that a client was given the name of. */
  void accepted(String name) {
    accepted.put(name, true);
  }

  /** An operation that a client is about to have forgotten. */
  void forgetting(String name) {
    accepted.remove(name);
  }

  /** A daemon has ended, however. */
  void daemonEnded() {
    ends.add(Instant.now());
  }

  int size() {
    return accepted.size();
  }

  /**
   * Compares with what the daemon knows.
   *
   * @param complaint is told of each operation that is not as it must be
   * @return how many ended how
   */
  Map<String, Long> audit(PackhouseClient client, Consumer<String> complaint)
      throws IOException, InterruptedException {
    Map<String, Long> endings = new TreeMap<>();
    Map<String, Operation> known = new TreeMap<>();
    String token = "";
    do {
      ListOperationsRequest request =
          ListOperationsRequest.newBuilder()
              .setName("operations")
              .setPageSize(1_000)
              .setPageToken(token)
              .build();
      ListOperationsResponse page =
          client.retrying(() -> client.operations().listOperations(request));
      page.getOperationsList().forEach(each -> known.put(each.getName(), each));
      token = page.getNextPageToken();
    } while (!token.isEmpty());
    for (Operation each : known.values()) {
      endings.merge(ending(each, complaint), 1L, Long::sum);
    }
    for (String name : accepted.keySet()) {
      if (!known.containsKey(name)) {
        complaint.accept(name + " was taken and is lost");
      }
    }
    return endings;
  }

  private String ending(Operation operation, Consumer<String> complaint)
      throws InvalidProtocolBufferException {
    OperationMetadata metadata = operation.getMetadata().unpack(OperationMetadata.class);
    if (!operation.getDone()) {
      complaint.accept(operation.getName() + " has not ended: " + metadata);
      return "under way";
    }
    if (operation.hasResponse()) {
      return "done";
    }
    Code code = Code.forNumber(operation.getError().getCode());
    boolean cut = wasCut(metadata);
    boolean right =
        switch (code) {
          case ABORTED -> cut;
          case CANCELLED -> cut || metadata.getCancelRequested();
          case NOT_FOUND -> true; // another client had removed the archive
          case null, default -> false;
        };
    if (!right) {
      complaint.accept(
          operation.getName()
              + " "
              + metadata.getVerb()
              + " of "
              + metadata.getArchive()
              + ": "
              + operation.getError());
    }
    return String.valueOf(code);
  }

  /** Whether a daemon ended after it was begun, and before it was over. */
  private boolean wasCut(OperationMetadata metadata) {
    Instant begun =
        Instant.ofEpochSecond(
            metadata.getCreateTime().getSeconds(), metadata.getCreateTime().getNanos());
    return ends.stream().anyMatch(end -> end.isAfter(begun));
  }
}
