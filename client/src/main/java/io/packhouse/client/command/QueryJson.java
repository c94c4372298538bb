package io.packhouse.client.command;

import io.packhouse.client.output.Json;
import io.packhouse.client.output.StandardOutput;
import java.io.IOException;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;

/** An object a row, in which every column has its field: here a null says something. */
final class QueryJson extends QueryOutput {
  private final Json json;

  QueryJson(VectorSchemaRoot rows, StandardOutput out) throws IOException {
    super(rows);
    this.json = new Json(out);
  }

  @Override
  void row(int row) throws IOException {
    json.begin();
    for (FieldVector column : columns()) {
      json.value(column.getName(), value(column, row));
    }
    json.end();
  }

  @Override
  void finish() {}

  @Override
  public void close() throws IOException {
    json.close();
  }
}
