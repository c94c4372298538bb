package io.packhouse.engine.index;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;

/** Lists of the cells of another column. */
final class ListColumn extends Column {
  /** What readers accept of all lists of a batch together, and so of one. */
  static final int MAX_ELEMENTS = 32 << 20;

  /** What readers accept of one list of most columns. */
  static final int MAX_LIST_LENGTH = 1 << 20;

  private final Column element;
  private int[] offsets = new int[0];
  private int elements;

  ListColumn(String name, Column element) {
    super(name);
    this.element = element;
  }

  Column element() {
    return element;
  }

  /**
   * Sets a cell to a list, whose elements the caller sets.
   *
   * @return the ordinal of its first element
   * @throws IOException if readers would refuse so many elements
   */
  int append(int ordinal, int count, int limit) throws IOException {
    if (count > limit || (long) elements + count > MAX_ELEMENTS) {
      throw new IOException(
          "column "
              + name()
              + " has a list of "
              + count
              + " elements after "
              + elements
              + " others in a batch, the limits are "
              + limit
              + " a list and "
              + MAX_ELEMENTS
              + " in all");
    }
    require(ordinal + 2L);
    int end = end();
    if (ordinal > end) {
      Arrays.fill(offsets, end + 1, ordinal + 1, elements);
    }
    int first = elements;
    elements += count;
    offsets[ordinal + 1] = elements;
    mark(ordinal);
    return first;
  }

  @Override
  void put(int ordinal, Object value) throws IOException {
    List<?> items = (List<?>) value;
    int at = append(ordinal, items.size(), MAX_LIST_LENGTH);
    for (Object item : items) {
      element.put(at++, item);
    }
  }

  @Override
  void writeData(int rows, RecordBatchWriter out) throws IOException {
    if (elements == 0) {
      out.zeros(4L * (rows + 1L));
    } else {
      require(rows + 1L);
      Arrays.fill(offsets, end() + 1, rows + 1, elements);
      out.offsets(offsets, rows + 1);
    }
    element.write(elements, out);
  }

  private void require(long count) throws IOException {
    if (count > offsets.length) {
      offsets = Arrays.copyOf(offsets, grown(offsets.length, count, 4));
    }
  }

  @Override
  void reset() {
    super.reset();
    elements = 0;
    element.reset();
    if (offsets.length > KEPT_LENGTH / 4) {
      offsets = new int[0];
    }
  }
}
