package io.packhouse.client.command;

import io.packhouse.client.output.StandardOutput;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowStreamReader;
import org.apache.arrow.vector.ipc.ArrowStreamWriter;

/** Writes the rows of a query's result to standard output. */
final class QueryResult {
  /** Puts the next batch into the rows that it was given with. */
  interface Batches {
    /** Whether there was another. */
    boolean next() throws IOException;
  }

  private final Session session;
  private final QueryCommand.Format format;

  /**
   * @param format not Parquet
   */
  QueryResult(Session session, QueryCommand.Format format) {
    this.session = session;
    this.format = format;
  }

  /** Writes an Arrow IPC stream, as it is where one is wanted. */
  void write(InputStream result) throws IOException {
    if (format == QueryCommand.Format.ARROW) {
      StandardOutput out = session.streams().out();
      result.transferTo(out);
      out.flush();
      return;
    }
    try (BufferAllocator allocator = new RootAllocator();
        ArrowStreamReader reader = new ArrowStreamReader(result, allocator)) {
      write(reader.getVectorSchemaRoot(), reader::loadNextBatch);
    }
  }

  /** Writes batch after batch. */
  void write(VectorSchemaRoot rows, Batches batches) throws IOException {
    StandardOutput out = session.streams().out();
    if (format == QueryCommand.Format.ARROW) {
      try (ArrowStreamWriter writer = new ArrowStreamWriter(rows, null, Channels.newChannel(out))) {
        writer.start();
        while (batches.next()) {
          writer.writeBatch();
        }
      }
      out.flush();
      return;
    }
    try (QueryOutput output = output(rows, out)) {
      while (batches.next()) {
        for (int row = 0; row < rows.getRowCount(); row++) {
          output.row(row);
        }
      }
      output.finish();
    }
  }

  private QueryOutput output(VectorSchemaRoot rows, StandardOutput out) throws IOException {
    return switch (format) {
      case TABLE -> new QueryTable(rows, out.newWriter(), session.streams().outIsTerminal());
      case CSV -> new QueryCsv(rows, out.newWriter());
      case JSON, ARROW, PARQUET -> new QueryJson(rows, out);
    };
  }
}
