package io.packhouse.client.command;

import java.io.IOException;
import java.io.Writer;
import java.util.List;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.jspecify.annotations.Nullable;

/** RFC 4180, with a line of names; a null is an empty field, an empty text {@code ""}. */
final class QueryCsv extends QueryOutput {
  private final Writer out;

  QueryCsv(VectorSchemaRoot rows, Writer out) throws IOException {
    super(rows);
    this.out = out;
    for (int i = 0; i < columns().size(); i++) {
      field(i, columns().get(i).getName());
    }
    out.write("\r\n");
  }

  @Override
  void row(int row) throws IOException {
    List<FieldVector> columns = columns();
    for (int i = 0; i < columns.size(); i++) {
      field(i, text(columns.get(i), row));
    }
    out.write("\r\n");
  }

  private void field(int at, @Nullable String text) throws IOException {
    if (at > 0) {
      out.write(',');
    }
    if (text == null) {
      return;
    }
    boolean quoted =
        text.isEmpty()
            || text.chars().anyMatch(c -> c == ',' || c == '"' || c == '\r' || c == '\n');
    out.write(quoted ? '"' + text.replace("\"", "\"\"") + '"' : text);
  }

  @Override
  void finish() throws IOException {
    out.flush();
  }

  @Override
  public void close() throws IOException {
    out.close();
  }
}
