package io.packhouse.server.net;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The file of a Unix socket. It is bound in a folder of its own that nobody else enters, gets its
 * mode and group there, and is renamed into place: so there is no moment at which more people may
 * connect than should, and one that a dead daemon left behind is replaced at once. Not thread-safe.
 */
final class UnixSocketFile implements AutoCloseable {
  private static final PosixFilePermission[] BITS = {
    PosixFilePermission.OTHERS_EXECUTE,
    PosixFilePermission.OTHERS_WRITE,
    PosixFilePermission.OTHERS_READ,
    PosixFilePermission.GROUP_EXECUTE,
    PosixFilePermission.GROUP_WRITE,
    PosixFilePermission.GROUP_READ,
    PosixFilePermission.OWNER_EXECUTE,
    PosixFilePermission.OWNER_WRITE,
    PosixFilePermission.OWNER_READ,
  };

  private final Path path;
  private final Path folder;
  private @Nullable Object key;

  private UnixSocketFile(Path path, Path folder) {
    this.path = path;
    this.folder = folder;
  }

  /**
   * Looks whether a socket may be made at a path, and makes the folder to bind it in.
   *
   * @throws IOException if somebody listens there, there is something else, or the folder is
   *     missing or may not be written
   */
  static UnixSocketFile prepare(Path path) throws IOException {
    Path parent = Objects.requireNonNull(path.getParent());
    if (!Files.isDirectory(parent)) {
      throw new NoSuchFileException(parent.toString(), null, "no directory for the socket");
    }
    refuseLiving(path);
    Path folder = null;
    // Few and short names, since the path of a socket has little room.
    for (int i = 0; folder == null; i++) {
      Path candidate =
          parent.resolve(".s" + Integer.toString((int) (System.nanoTime() & 0xFFFF), 36));
      try {
        folder =
            Files.createDirectory(
                candidate,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      } catch (java.nio.file.FileAlreadyExistsException e) {
        if (i == 100) {
          throw e;
        }
      }
    }
    UnixSocketFile file = new UnixSocketFile(path, folder);
    try {
      Endpoint.Unix unused = new Endpoint.Unix(file.bindPath()); // checks the length
      assert unused.path().equals(file.bindPath());
    } catch (IllegalArgumentException e) {
      Files.delete(folder);
      throw new IOException(path + ": the path leaves no room for the socket to be made", e);
    }
    return file;
  }

  private static void refuseLiving(Path path) throws IOException {
    if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    BasicFileAttributes attributes =
        Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    if (!attributes.isOther()) {
      throw new FileSystemException(
          path.toString(), null, "is there already, and is no socket; move it away");
    }
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      channel.connect(UnixDomainSocketAddress.of(path));
    } catch (IOException e) {
      return; // nobody listens: a dead daemon's
    }
    throw new FileSystemException(
        path.toString(), null, "address in use: another daemon listens there");
  }

  /** Where the socket is to be bound. */
  Path bindPath() {
    return folder.resolve("s");
  }

  /**
   * Gives the bound socket its mode and group and puts it in place.
   *
   * @throws IOException if there is no such group or the daemon may not give it
   */
  void publish(SocketSettings settings) throws IOException {
    Path bound = bindPath();
    String group = settings.group();
    if (group != null) {
      try {
        GroupPrincipal wanted =
            bound.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByGroupName(group);
        PosixFileAttributeView view =
            Files.getFileAttributeView(bound, PosixFileAttributeView.class);
        // A service may be refused to give files away, even where nothing would change.
        if (!view.readAttributes().group().equals(wanted)) {
          view.setGroup(wanted);
        }
      } catch (UserPrincipalNotFoundException e) {
        throw new IOException(path + ": there is no group \"" + group + "\" for the socket", e);
      } catch (FileSystemException e) {
        throw new IOException(
            path + ": the socket cannot be given to the group \"" + group + "\": " + e.getReason(),
            e);
      }
    }
    Files.setPosixFilePermissions(bound, permissions(settings.modeBits()));
    key = Files.readAttributes(bound, BasicFileAttributes.class).fileKey();
    Files.move(bound, path, StandardCopyOption.ATOMIC_MOVE);
    Files.delete(folder);
  }

  private static Set<PosixFilePermission> permissions(int mode) {
    Set<PosixFilePermission> permissions = EnumSet.noneOf(PosixFilePermission.class);
    for (int bit = 0; bit < BITS.length; bit++) {
      if ((mode >> bit & 1) != 0) {
        permissions.add(BITS[bit]);
      }
    }
    return permissions;
  }

  /** Removes the socket, unless another daemon has put its own there. */
  @Override
  public void close() throws IOException {
    Files.deleteIfExists(bindPath());
    Files.deleteIfExists(folder);
    if (key != null && Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      Object there =
          Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
              .fileKey();
      if (key.equals(there)) {
        Files.delete(path);
      }
    }
  }
}
