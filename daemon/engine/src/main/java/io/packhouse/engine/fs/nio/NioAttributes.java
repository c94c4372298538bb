package io.packhouse.engine.fs.nio;

import io.packhouse.engine.fs.Errno;
import io.packhouse.engine.fs.FileErrorException;
import io.packhouse.engine.fs.FileKind;
import io.packhouse.engine.fs.Location;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Extended attributes of files and directories, by the JDK's user-defined attributes: on Linux
 * those of the {@code user} namespace, without its prefix. Others are not seen.
 */
final class NioAttributes {

  private static final int VALUE_LIMIT = 1 << 16;
  private static final String PREFIX =
      System.getProperty("os.name", "").equals("Linux") ? "user." : "";

  private NioAttributes() {}

  static Map<String, byte[]> read(Path path, FileKind kind, Location location) throws IOException {
    UserDefinedFileAttributeView view = view(path, kind);
    if (view == null) {
      return Map.of();
    }
    Map<String, byte[]> attributes = new TreeMap<>();
    String operation = "read the extended attributes of";
    try {
      for (String name : view.list()) {
        int size = view.size(name);
        if (size > VALUE_LIMIT) {
          throw new FileErrorException(operation, location.display(), Errno.E2BIG);
        }
        ByteBuffer value = ByteBuffer.allocate(size);
        view.read(name, value);
        byte[] bytes = new byte[value.flip().remaining()];
        value.get(bytes);
        attributes.put(PREFIX + name, bytes);
      }
      return attributes;
    } catch (IOException e) {
      IOException mapped = NioErrors.of(operation, location, e);
      if (mapped instanceof FileErrorException error && error.isUnsupported()) {
        return Map.of();
      }
      throw mapped;
    }
  }

  static void set(Path path, FileKind kind, String attribute, byte[] value, Location location)
      throws IOException {
    UserDefinedFileAttributeView view = view(path, kind);
    String operation = "set an extended attribute of";
    if (view == null || !attribute.startsWith(PREFIX) || attribute.length() == PREFIX.length()) {
      throw NioErrors.unsupported(operation, location);
    }
    try {
      view.write(attribute.substring(PREFIX.length()), ByteBuffer.wrap(value));
    } catch (IOException e) {
      throw NioErrors.of(operation, location, e);
    }
  }

  /** Null where there are none: the JDK opens what it looks at, so a FIFO would hang. */
  private static @Nullable UserDefinedFileAttributeView view(Path path, FileKind kind) {
    boolean opens = kind == FileKind.FILE || kind == FileKind.DIRECTORY;
    return opens
        ? Files.getFileAttributeView(
            path, UserDefinedFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
        : null;
  }
}
