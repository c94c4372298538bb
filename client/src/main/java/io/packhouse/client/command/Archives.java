package io.packhouse.client.command;

import io.packhouse.engine.format.ArchiveFormat;
import io.packhouse.engine.format.CorruptArchiveException;
import io.packhouse.engine.fs.PathText;
import io.packhouse.engine.read.ArchiveReader;
import io.packhouse.engine.read.ReaderOptions;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Opens archives and finds entries, with errors that say what to do. */
final class Archives {
  private Archives() {}

  /**
   * Opens an archive, here or at a daemon.
   *
   * @param name of the file, or in the daemon's catalog
   * @param allColumns whether entries are to have all columns of packages
   */
  static ArchiveView open(Session session, RemoteOptions remote, Path name, boolean allColumns)
      throws IOException {
    return open(session, remote, new BaseOptions(), name, allColumns);
  }

  /** Likewise, whose contents are read. */
  static ArchiveView open(
      Session session, RemoteOptions remote, BaseOptions bases, Path name, boolean allColumns)
      throws IOException {
    if (remote.isRemote(session.streams())) {
      bases.refuseRemote();
      return RemoteArchive.open(remote, session, name.toString(), allColumns);
    }
    return new LocalArchive(open(name, bases));
  }

  /** Opens an archive. A file that is none is told from one that is damaged. */
  static ArchiveReader open(Path path) throws IOException {
    return open(path, new BaseOptions());
  }

  /** Likewise, whose contents are read. */
  static ArchiveReader open(Path path, BaseOptions bases) throws IOException {
    return open(path, bases.places());
  }

  /**
   * Likewise.
   *
   * @param places files and folders where the bases of a delta are looked for
   */
  static ArchiveReader open(Path path, List<Path> places) throws IOException {
    try {
      return ArchiveReader.open(path, ReaderOptions.DEFAULT.withBases(places));
    } catch (CorruptArchiveException e) {
      if (startsLikeOne(path)) {
        throw e;
      }
      throw new Failure(ExitCode.NOT_AN_ARCHIVE, withoutOffset(path, e), e);
    }
  }

  /** Where in the file it is no archive helps nobody. */
  private static String withoutOffset(Path path, CorruptArchiveException e) {
    String message = String.valueOf(e.getMessage());
    String prefix = path + " at offset 0: ";
    return message.startsWith(prefix) ? path + ": " + message.substring(prefix.length()) : message;
  }

  static boolean startsLikeOne(Path path) throws IOException {
    byte[] magic = ArchiveFormat.arrowMagic();
    try (InputStream in = Files.newInputStream(path)) {
      return Arrays.equals(in.readNBytes(magic.length), magic);
    }
  }

  /**
   * The entry that an argument names.
   *
   * @throws Failure if there is none; says what is near
   */
  static EntryView find(ArchiveView archive, String argument) throws IOException {
    EntryView entry = findOrNull(archive, argument);
    if (entry == null) {
      throw notFound(archive, argument);
    }
    return entry;
  }

  static @Nullable EntryView findOrNull(ArchiveView archive, String argument) throws IOException {
    for (byte[] path : PathArgument.readings(argument)) {
      EntryView entry = archive.find(path);
      if (entry != null) {
        return entry;
      }
    }
    return null;
  }

  static Failure notFound(ArchiveView archive, String argument) throws IOException {
    List<byte[]> readings = PathArgument.readings(argument);
    List<String> near = Suggestions.near(archive, readings.getLast());
    String hint =
        near.isEmpty()
            ? "; packhouse ls lists what is"
            : "; did you mean " + String.join(", or ", near) + "?";
    return new Failure(
        ExitCode.INPUT, archive.displayName() + ": " + argument + " is not in the archive" + hint);
  }

  /** An entry's path for people; the root's is {@code .}. */
  static String display(byte[] path) {
    return path.length == 0 ? "." : PathText.display(path);
  }
}
