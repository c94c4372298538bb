package io.packhouse.server.flight;

import com.google.protobuf.ByteString;
import io.grpc.StatusRuntimeException;
import io.packhouse.server.grpc.Failures;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.ipc.ArrowStreamReader;

/**
 * Reads commands: an Arrow IPC stream of one row, whose columns are the fields of a {@link
 * FlightQuery}, texts or lists of texts.
 */
final class FlightCommand {
  private static final int MAX_LENGTH = 4 << 20;
  private static final long MAX_BYTES = 64L << 20;
  private static final Set<String> TEXTS =
      Set.of("archive", "table", "path_prefix", "purl", "package_type", "digest");
  private static final Set<String> LISTS = Set.of("columns", "paths");

  private final BufferAllocator allocator;

  FlightCommand(BufferAllocator allocator) {
    this.allocator = allocator;
  }

  /**
   * What a command asks for, unchecked.
   *
   * @throws io.grpc.StatusRuntimeException INVALID_ARGUMENT if it is no such stream
   */
  FlightQuery parse(ByteString command) throws IOException {
    if (command.size() > MAX_LENGTH) {
      throw Failures.badField("cmd", "has " + command.size() + " bytes, more than " + MAX_LENGTH);
    }
    Map<String, String> texts = new HashMap<>();
    Map<String, List<String>> lists = new HashMap<>();
    try (BufferAllocator own = allocator.newChildAllocator("command", 0, MAX_BYTES);
        ArrowStreamReader reader = new ArrowStreamReader(command.newInput(), own)) {
      VectorSchemaRoot row = reader.getVectorSchemaRoot();
      if (!reader.loadNextBatch() || row.getRowCount() != 1) {
        throw Failures.badField("cmd", "is no Arrow stream of one row");
      }
      for (FieldVector column : row.getFieldVectors()) {
        read(column, texts, lists);
      }
    } catch (IOException | RuntimeException e) {
      if (e instanceof StatusRuntimeException refusal) {
        throw refusal;
      }
      // Arrow's reader throws whatever comes of what it reads, and this is a stranger's.
      throw Failures.badField("cmd", "is no Arrow stream of one row");
    }
    return new FlightQuery(
        texts.getOrDefault("archive", ""),
        texts.getOrDefault("table", FlightTable.ENTRIES.label()),
        lists.getOrDefault("columns", List.of()),
        texts.getOrDefault("path_prefix", ""),
        texts.getOrDefault("purl", ""),
        texts.getOrDefault("package_type", ""),
        texts.getOrDefault("digest", ""),
        lists.getOrDefault("paths", List.of()));
  }

  private static void read(
      FieldVector column, Map<String, String> texts, Map<String, List<String>> lists) {
    String name = column.getName();
    if (column instanceof VarCharVector text && TEXTS.contains(name)) {
      if (!text.isNull(0)) {
        texts.put(name, new String(text.get(0), StandardCharsets.UTF_8));
      }
    } else if (column instanceof ListVector list
        && list.getDataVector() instanceof VarCharVector words
        && LISTS.contains(name)) {
      List<String> values = new ArrayList<>();
      for (int i = list.getElementStartIndex(0); i < list.getElementEndIndex(0); i++) {
        values.add(new String(words.get(i), StandardCharsets.UTF_8));
      }
      lists.put(name, values);
    } else {
      throw Failures.badField(
          "cmd",
          "has a column "
              + name
              + " of type "
              + column.getField().getType()
              + "; texts are "
              + TEXTS
              + ", lists of texts "
              + LISTS);
    }
  }
}
