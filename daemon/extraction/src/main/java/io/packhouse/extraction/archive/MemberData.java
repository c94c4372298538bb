package io.packhouse.extraction.archive;

import io.packhouse.spi.ExtractionException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/** A member's contents, of which the length and checksum are compared at the end. */
final class MemberData extends InputStream {

  private final InputStream contents;
  private final String label;
  private final long size;
  private final @Nullable CRC32 check;
  private final int expected;
  private final Faults faults;
  private long length;

  /**
   * @param label of the member, for messages
   * @param size stated; more or fewer bytes are damage
   * @param check null where there is no checksum
   * @param expected the checksum
   */
  MemberData(
      InputStream contents,
      String label,
      long size,
      @Nullable CRC32 check,
      int expected,
      Faults faults) {
    this.contents = contents;
    this.label = label;
    this.size = size;
    this.check = check;
    this.expected = expected;
    this.faults = faults;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  @Override
  public int read(byte[] target, int offset, int wanted) throws IOException {
    Objects.checkFromIndexSize(offset, wanted, target.length);
    if (wanted == 0) {
      return 0;
    }
    int read = contents.read(target, offset, wanted);
    if (read < 0) {
      if (length != size) {
        throw damaged("ends early, at " + length + " of " + size + " bytes");
      }
      if (check != null && (int) check.getValue() != expected) {
        throw damaged("does not match its CRC-32");
      }
      return -1;
    }
    length += read;
    if (length > size) {
      throw damaged("is longer than its size of " + size + " bytes");
    }
    if (check != null) {
      check.update(target, offset, read);
    }
    return read;
  }

  private IOException damaged(String what) {
    return faults.note(new ExtractionException(label + " " + what));
  }

  @Override
  public void close() {
    Closing.quietly(contents);
  }
}
