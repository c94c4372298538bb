package io.packhouse.sql.worker;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.IntBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.vector.BaseVariableWidthVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.complex.StructVector;
import org.apache.arrow.vector.util.ValueVectorUtility;

/**
 * Checks what DuckDB takes for granted of vectors: buffers that are long enough, offsets that
 * ascend inside of them, texts that are UTF-8. A digest says that an archive is as it was written,
 * not who wrote it. Arrow's own check of offsets and texts takes longer than all the rest of
 * loading.
 */
final class VectorCheck {
  private static final long NOT_ASCII = 0x8080808080808080L;

  private VectorCheck() {}

  static void check(VectorSchemaRoot root) throws IOException {
    try {
      ValueVectorUtility.validate(root);
    } catch (RuntimeException e) {
      throw new IOException("a batch is not as Arrow has it: " + e.getMessage(), e);
    }
    for (FieldVector vector : root.getFieldVectors()) {
      check(vector, root.getRowCount());
    }
  }

  private static void check(FieldVector vector, int count) throws IOException {
    switch (vector) {
      case BaseVariableWidthVector variable when count > 0 -> {
        IntBuffer offsets = offsets(vector, variable.getOffsetBuffer(), count);
        ArrowBuf data = variable.getDataBuffer();
        checkOffsets(vector, offsets, count, data.capacity());
        if (vector instanceof VarCharVector) {
          checkText(vector, offsets, count, data);
        }
      }
      case ListVector list when count > 0 -> {
        IntBuffer offsets = offsets(vector, list.getOffsetBuffer(), count);
        checkOffsets(vector, offsets, count, list.getDataVector().getValueCount());
        check(list.getDataVector(), list.getDataVector().getValueCount());
      }
      case StructVector struct -> {
        for (FieldVector child : struct.getChildrenFromFields()) {
          check(child, count);
        }
      }
      default -> {}
    }
  }

  private static IntBuffer offsets(FieldVector vector, ArrowBuf buffer, int count)
      throws IOException {
    long length = (count + 1L) * Integer.BYTES;
    if (buffer.capacity() < length) {
      throw wrong(vector, "has too few offsets");
    }
    return bytes(buffer, length).asIntBuffer();
  }

  private static ByteBuffer bytes(ArrowBuf buffer, long length) {
    return buffer.nioBuffer(0, Math.toIntExact(length)).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static void checkOffsets(FieldVector vector, IntBuffer offsets, int count, long end)
      throws IOException {
    int last = 0;
    for (int i = 0; i <= count; i++) {
      int next = offsets.get(i);
      if (next < last || next > end) {
        throw wrong(vector, "has an offset of " + next + " after " + last + ", end " + end);
      }
      last = next;
    }
  }

  private static void checkText(FieldVector vector, IntBuffer offsets, int count, ArrowBuf data)
      throws IOException {
    int to = offsets.get(count);
    ByteBuffer text = bytes(data, to);
    if (isAscii(text, offsets.get(0), to)) {
      return;
    }
    CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
    for (int i = 0; i < count; i++) {
      int from = offsets.get(i);
      int length = offsets.get(i + 1) - from;
      if (isAscii(text, from, from + length)) {
        continue;
      }
      try {
        decoder.decode(text.slice(from, length));
      } catch (CharacterCodingException e) {
        throw new IOException(
            "the column " + vector.getName() + " has a text that is not UTF-8", e);
      }
    }
  }

  private static boolean isAscii(ByteBuffer bytes, int from, int to) {
    int at = from;
    for (; at + Long.BYTES <= to; at += Long.BYTES) {
      if ((bytes.getLong(at) & NOT_ASCII) != 0) {
        return false;
      }
    }
    for (; at < to; at++) {
      if (bytes.get(at) < 0) {
        return false;
      }
    }
    return true;
  }

  private static IOException wrong(FieldVector vector, String what) {
    return new IOException("the column " + vector.getName() + " " + what);
  }
}
