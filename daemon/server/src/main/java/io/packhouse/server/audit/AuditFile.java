package io.packhouse.server.audit;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * A file that lines are added to. Each is one write at its end, so that it is whole however the
 * daemon ends; nothing is forced to the disk. Not thread-safe.
 */
final class AuditFile implements Closeable {
  private static final System.Logger LOG = System.getLogger(AuditFile.class.getName());

  private final Path path;
  private final FileChannel channel;
  private boolean failing;

  /**
   * Opens it, or makes it, for the daemon's user and group to read.
   *
   * @throws IOException if that cannot be done, or a link stands there
   */
  AuditFile(Path path) throws IOException {
    this.path = path;
    this.channel =
        FileChannel.open(
            path,
            Set.of(
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE,
                StandardOpenOption.APPEND,
                LinkOption.NOFOLLOW_LINKS),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-r-----")));
  }

  /** Adds a line; what keeps it from that is logged once, until it works again. */
  void add(String line) {
    ByteBuffer bytes = StandardCharsets.UTF_8.encode(line + "\n");
    try {
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      failing = false;
    } catch (IOException e) {
      if (!failing) {
        failing = true;
        LOG.log(System.Logger.Level.ERROR, "events are missing from " + path, e);
      }
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
