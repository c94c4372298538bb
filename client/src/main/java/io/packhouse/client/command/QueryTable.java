package io.packhouse.client.command;

import java.io.IOException;
import java.io.Writer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.arrow.vector.BaseIntVector;
import org.apache.arrow.vector.DecimalVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.FloatingPointVector;
import org.apache.arrow.vector.VectorSchemaRoot;

/**
 * Columns under their names, numbers to the right. Widths are those of the first rows: a longer
 * value further down moves the rest of its line.
 */
final class QueryTable extends QueryOutput {
  private static final int MEASURED_ROWS = 1_000;
  private static final int MOST_ON_A_TERMINAL = 80;

  private final Writer out;
  private final boolean terminal;
  private final List<String[]> waiting = new ArrayList<>();
  private final int[] widths;
  private final boolean[] numbers;
  private boolean begun;

  QueryTable(VectorSchemaRoot rows, Writer out, boolean terminal) {
    super(rows);
    this.out = out;
    this.terminal = terminal;
    this.widths = new int[columns().size()];
    this.numbers = new boolean[widths.length];
    String[] names = new String[widths.length];
    for (int i = 0; i < widths.length; i++) {
      FieldVector column = columns().get(i);
      names[i] = shown(column.getName());
      numbers[i] =
          column instanceof BaseIntVector
              || column instanceof FloatingPointVector
              || column instanceof DecimalVector;
    }
    add(names);
  }

  @Override
  void row(int row) throws IOException {
    String[] cells = new String[widths.length];
    for (int i = 0; i < cells.length; i++) {
      String text = text(columns().get(i), row);
      cells[i] = text == null ? "NULL" : shown(text);
    }
    if (begun) {
      write(cells);
    } else {
      add(cells);
      if (waiting.size() > MEASURED_ROWS) {
        begin();
      }
    }
  }

  private String shown(String text) {
    String line = Failures.oneLine(text);
    return terminal && line.length() > MOST_ON_A_TERMINAL
        ? line.substring(
                0,
                line.offsetByCodePoints(
                    0, Math.min(MOST_ON_A_TERMINAL - 1, line.codePointCount(0, line.length()))))
            + "…"
        : line;
  }

  private void add(String[] cells) {
    for (int i = 0; i < cells.length; i++) {
      widths[i] = Math.max(widths[i], cells[i].codePointCount(0, cells[i].length()));
    }
    waiting.add(cells);
  }

  private void begin() throws IOException {
    begun = true;
    String[] rule = new String[widths.length];
    Arrays.setAll(rule, i -> "-".repeat(widths[i]));
    write(waiting.removeFirst());
    write(rule);
    for (String[] cells : waiting) {
      write(cells);
    }
    waiting.clear();
  }

  private void write(String[] cells) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < cells.length; i++) {
      line.append(i == 0 ? "" : "  ");
      String blanks =
          " ".repeat(Math.max(0, widths[i] - cells[i].codePointCount(0, cells[i].length())));
      if (numbers[i]) {
        line.append(blanks).append(cells[i]);
      } else {
        line.append(cells[i]).append(i == cells.length - 1 ? "" : blanks);
      }
    }
    out.write(line.append('\n').toString());
  }

  @Override
  void finish() throws IOException {
    if (!begun) {
      begin();
    }
  }

  @Override
  public void close() throws IOException {
    out.close();
  }
}
