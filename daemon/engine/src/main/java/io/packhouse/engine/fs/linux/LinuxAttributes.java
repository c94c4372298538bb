package io.packhouse.engine.fs.linux;

import static io.packhouse.engine.fs.linux.LinuxCalls.call;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import io.packhouse.engine.fs.Errno;
import io.packhouse.engine.fs.FileErrorException;
import io.packhouse.engine.fs.Location;
import io.packhouse.engine.fs.PathText;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/**
 * Extended attributes. The kernel bounds the list of names and each value by 64 KiB
 * (XATTR_LIST_MAX, XATTR_SIZE_MAX), which is what {@link Scratch#bulk()} holds. Calls by path and
 * by descriptor differ in number and first argument only.
 */
final class LinuxAttributes {

  private LinuxAttributes() {}

  static Map<String, byte[]> ofDescriptor(Scratch scratch, int fd, Location location)
      throws IOException {
    return read(scratch, LinuxCalls.FLISTXATTR, LinuxCalls.FGETXATTR, fd, location);
  }

  /**
   * Of a child. No call takes a directory and a name, so the name is resolved below the directory's
   * entry in {@code /proc}, which is as good as relative: only the last component is looked up.
   */
  static Map<String, byte[]> ofChild(Scratch scratch, int directory, byte[] name, Location location)
      throws IOException {
    long path = putPath(scratch, directory, name, location);
    return read(scratch, LinuxCalls.LLISTXATTR, LinuxCalls.LGETXATTR, path, location);
  }

  static void setOfChild(
      Scratch scratch,
      int directory,
      byte[] name,
      String attribute,
      byte[] value,
      Location location)
      throws IOException {
    long path = putPath(scratch, directory, name, location);
    set(scratch, LinuxCalls.LSETXATTR, path, attribute, value, location);
  }

  static void set(
      Scratch scratch, int number, long target, String attribute, byte[] value, Location location)
      throws IOException {
    String operation = "set the extended attribute " + display(attribute) + " of";
    byte[] attributeBytes = PathText.bytes(attribute);
    if (attribute.indexOf(0) >= 0) {
      throw new IllegalArgumentException("attribute has a NUL: " + display(attribute));
    }
    if (value.length > Scratch.BULK_SIZE || !Scratch.put(scratch.secondName, attributeBytes)) {
      throw new FileErrorException(operation, location.display(), Errno.E2BIG);
    }
    MemorySegment bulk = scratch.bulk();
    MemorySegment.copy(value, 0, bulk, JAVA_BYTE, 0, value.length);
    long result =
        call(scratch, number, target, scratch.secondName, bulk.address(), value.length, 0);
    if (result < 0) {
      throw new FileErrorException(operation, location.display(), (int) -result);
    }
  }

  private static Map<String, byte[]> read(
      Scratch scratch, int listNumber, int getNumber, long target, Location location)
      throws IOException {
    MemorySegment bulk = scratch.bulk();
    long listed = call(scratch, listNumber, target, bulk, Scratch.BULK_SIZE, 0, 0);
    if (listed == 0 || listed == -Errno.ENOTSUP) {
      return Map.of();
    }
    if (listed < 0) {
      throw new FileErrorException(
          "list the extended attributes of", location.display(), (int) -listed);
    }
    byte[] names = bulk.asSlice(0, listed).toArray(JAVA_BYTE);
    Map<String, byte[]> attributes = new TreeMap<>();
    for (int from = 0; from < names.length; ) {
      int end = from;
      while (end < names.length && names[end] != 0) {
        end++;
      }
      byte[] name = Arrays.copyOfRange(names, from, end);
      from = end + 1;
      String operation = "read the extended attribute " + PathText.display(name) + " of";
      if (!PathText.isUtf8(name) || !Scratch.put(scratch.secondName, name)) {
        throw new FileErrorException(operation, location.display(), Errno.EILSEQ);
      }
      long length =
          call(
              scratch, getNumber, target, scratch.secondName, bulk.address(), Scratch.BULK_SIZE, 0);
      if (length == -Errno.ENODATA) {
        continue; // Removed since it was listed.
      }
      if (length < 0) {
        throw new FileErrorException(operation, location.display(), (int) -length);
      }
      attributes.put(
          new String(name, StandardCharsets.UTF_8), bulk.asSlice(0, length).toArray(JAVA_BYTE));
    }
    return attributes;
  }

  /** Puts {@code /proc/self/fd/N/name} as the first name; its address. */
  private static long putPath(Scratch scratch, int directory, byte[] name, Location location)
      throws FileErrorException {
    byte[] prefix = ("/proc/self/fd/" + directory).getBytes(StandardCharsets.US_ASCII);
    if (!Scratch.put(scratch.name, PathText.join(prefix, name))) {
      throw new FileErrorException("open", location.display(), Errno.ENAMETOOLONG);
    }
    return scratch.name.address();
  }

  private static String display(String attribute) {
    return PathText.display(attribute.getBytes(StandardCharsets.UTF_8));
  }
}
