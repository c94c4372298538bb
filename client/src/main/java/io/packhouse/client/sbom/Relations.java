package io.packhouse.client.sbom;

import java.io.IOException;
import java.util.Arrays;

/** Remembers how packages relate until the end of a bill, three numbers a relation. */
final class Relations {
  /** Is told of relations in the order in which they came. */
  interface Visitor {
    void relation(int from, int to, int kind) throws IOException;
  }

  private static final int NUMBERS = 3;

  private int[] numbers = new int[3 * 1024];
  private int length;

  void add(int from, int to, int kind) {
    if (length == numbers.length) {
      numbers = Arrays.copyOf(numbers, Math.multiplyExact(2, length));
    }
    numbers[length] = from;
    numbers[length + 1] = to;
    numbers[length + 2] = kind;
    length += NUMBERS;
  }

  void forEach(Visitor visitor) throws IOException {
    for (int at = 0; at < length; at += NUMBERS) {
      visitor.relation(numbers[at], numbers[at + 1], numbers[at + 2]);
    }
  }
}
