package io.packhouse.server.catalog;

import io.packhouse.engine.format.CorruptArchiveException;
import io.packhouse.engine.fs.Errno;
import io.packhouse.engine.fs.FileErrorException;
import io.packhouse.engine.fs.OpenDirectory;
import io.packhouse.engine.fs.OpenFile;
import io.packhouse.engine.fs.PathText;
import io.packhouse.engine.fs.system.SystemFileAccess;
import io.packhouse.engine.pack.OutputPlace;
import io.packhouse.engine.read.ArchiveReader;
import io.packhouse.engine.read.verify.ArchiveVerifier;
import io.packhouse.engine.read.verify.VerifyOptions;
import io.packhouse.engine.read.verify.VerifyReport;
import io.packhouse.server.catalog.UploadException.Reason;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * Archives that arrive. What has arrived of one is a file of the state folder, known by who sends
 * it, its name and its id, until it is whole: then it is verified in full, made durable, and
 * appears in its folder at once. Thread-safe.
 *
 * <p>Verifying reads every byte again and decodes it, about a second of one core for a gigabyte:
 * less than it took to arrive, and nobody will ever find a damaged archive in the catalog that came
 * by this way.
 */
public final class Uploads implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Uploads.class.getName());
  private static final String SUFFIX = ".part";

  /**
   * Copies beside their archives, from another file system; a process that was killed left them.
   */
  private static final Pattern COPY = Pattern.compile("\\.([0-9a-f]{32})\\.part");

  /** As the umask of the process has it. */
  private static final int COPY_MODE = 0666;

  private static final int COPY_BYTES = 1 << 20;

  /** Time between two looks for what has been kept for too long, at most. */
  private static final Duration SWEEP_INTERVAL = Duration.ofHours(1);

  private final UploadSettings settings;
  private final DirectoryCatalog catalog;
  private final ConcurrentHashMap<String, Upload> active = new ConcurrentHashMap<>();
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("packhoused-uploads").daemon().factory());

  /** Takes archives for a catalog. Throws away what has been kept for too long, now and later. */
  public Uploads(UploadSettings settings, DirectoryCatalog catalog) throws IOException {
    this.settings = settings;
    this.catalog = catalog;
    Files.createDirectories(settings.folder());
    Files.setPosixFilePermissions(settings.folder(), PosixFilePermissions.fromString("rwx------"));
    sweep();
    long interval = Math.min(settings.keep().toMillis(), SWEEP_INTERVAL.toMillis());
    var _ = timer.scheduleWithFixedDelay(this::sweep, interval, interval, TimeUnit.MILLISECONDS);
  }

  /** Bytes that have arrived of an archive that {@code owner} sends; 0 where there are none. */
  public long offset(String owner, ArchiveName name, String id) throws IOException {
    try {
      return Files.size(file(key(owner, name, id)));
    } catch (NoSuchFileException e) {
      return 0;
    }
  }

  /**
   * Begins, or goes on with, an upload. A call that is still at it loses it.
   *
   * @param length of the whole archive
   * @param offset of the first byte that will be written: at most what {@link #offset} says; what
   *     has arrived from there on is thrown away
   * @param force replaces an archive of that name
   * @throws FileAlreadyExistsException if there is one, and it is not to be replaced
   * @throws UploadException if the offset or the length is of no use
   */
  public Upload begin(
      String owner, ArchiveName name, String id, long length, long offset, boolean force)
      throws IOException {
    if (length > settings.maxBytes()) {
      throw new UploadException(
          Reason.TOO_LONG, name + ": has " + length + " bytes, limit " + settings.maxBytes());
    }
    refuseExisting(name, id, force);
    catalog.place(name).close();
    String key = key(owner, name, id);
    Upload upload = new Upload(key, name, id, length, force);
    Upload other = active.put(key, upload);
    try {
      if (other != null) {
        other.supersede();
      }
      upload.open(offset);
      return upload;
    } catch (Throwable t) {
      active.remove(key, upload);
      upload.close();
      throw t;
    }
  }

  private void refuseExisting(ArchiveName name, String id, boolean force) throws IOException {
    if (force) {
      return;
    }
    try {
      if (!catalog.look(name).id().equals(id)) {
        throw new FileAlreadyExistsException(name.toString());
      }
    } catch (NoSuchFileException e) {
      // As it should be.
    }
  }

  /** Throws away what nobody has gone on with for too long. */
  public void sweep() {
    Instant limit = Instant.now().minus(settings.keep());
    try (var files = Files.newDirectoryStream(settings.folder(), "*" + SUFFIX)) {
      for (Path file : files) {
        String name = file.getFileName().toString();
        String key = name.substring(0, name.length() - SUFFIX.length());
        if (!active.containsKey(key)
            && Files.getLastModifiedTime(file).toInstant().isBefore(limit)) {
          Files.deleteIfExists(file);
        }
      }
    } catch (IOException e) {
      LOG.log(System.Logger.Level.WARNING, "cannot sweep " + settings.folder(), e);
    }
    catalog.sweep(COPY, (name, written) -> isLeftCopy(name, written, limit));
  }

  /**
   * Whether a copy is of no use: one of this daemon's that it is not at, or one that may be another
   * daemon's, but has been left alone for too long.
   */
  private boolean isLeftCopy(String name, Instant written, Instant limit) {
    String key = name.substring(1, name.length() - SUFFIX.length());
    return !active.containsKey(key) && (Files.exists(file(key)) || written.isBefore(limit));
  }

  /** Ends the sweeping; uploads under way are their calls' affair. Idempotent. */
  @Override
  public void close() {
    timer.shutdownNow();
  }

  private Path file(String key) {
    return settings.folder().resolve(key + SUFFIX);
  }

  private static String key(String owner, ArchiveName name, String id) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update((owner + "\0" + name + "\0" + id).getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest.digest(), 0, 16);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * One call that sends an archive. Writing belongs to one thread at a time; closing it keeps what
   * has arrived for the next call.
   */
  public final class Upload implements AutoCloseable {
    private final String key;
    private final ArchiveName name;
    private final String id;
    private final long length;
    private final boolean force;

    // Guarded by this.
    private FileChannel channel;
    private boolean superseded;

    @SuppressWarnings("NullAway.Init") // open() comes next, or close()
    private Upload(String key, ArchiveName name, String id, long length, boolean force) {
      this.key = key;
      this.name = name;
      this.id = id;
      this.length = length;
      this.force = force;
    }

    private synchronized void open(long offset) throws IOException {
      channel = FileChannel.open(file(key), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      if (offset > channel.size() || offset > length) {
        throw new UploadException(
            Reason.OFFSET,
            name + ": offset is " + offset + ", but " + channel.size() + " bytes have arrived");
      }
      channel.truncate(offset);
      channel.position(offset);
    }

    /**
     * Writes the next bytes.
     *
     * @throws UploadException if they are more than were announced, or another call took over
     * @throws IOException if they cannot be written, such as to a full disk
     */
    public synchronized void write(ByteBuffer bytes) throws IOException {
      ensureMine();
      if (bytes.remaining() > length - channel.position()) {
        discard();
        throw new UploadException(
            Reason.TOO_LONG, name + ": more than the announced " + length + " bytes came");
      }
      try {
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
      } catch (IOException e) {
        discard();
        throw e;
      }
    }

    private void ensureMine() throws UploadException {
      if (superseded) {
        throw new UploadException(
            Reason.SUPERSEDED, name + ": another call sends the same archive now");
      }
    }

    /**
     * Checks what has arrived, and puts it into the catalog.
     *
     * @throws UploadException if it is not whole, damaged, or not the archive that was announced
     * @throws FileAlreadyExistsException if there is another archive now
     */
    public CatalogEntry finish() throws IOException {
      synchronized (this) {
        ensureMine();
        if (channel.position() != length) {
          throw new UploadException(
              Reason.INCOMPLETE,
              name + ": " + channel.position() + " of " + length + " bytes have arrived");
        }
        channel.force(true);
      }
      try {
        verify();
      } catch (CorruptArchiveException | UploadException e) {
        discard();
        throw new UploadException(
            Reason.DAMAGED,
            e instanceof CorruptArchiveException corrupt
                ? name + ": what has arrived is damaged: " + corrupt.problem()
                : String.valueOf(e.getMessage()));
      }
      synchronized (this) {
        ensureMine();
        publish();
        close();
      }
      return catalog.look(name);
    }

    private void verify() throws IOException {
      try (ArchiveReader reader = ArchiveReader.open(file(key))) {
        if (!reader.id().equals(id)) {
          throw new UploadException(
              Reason.DAMAGED,
              name + ": the archive that has arrived is " + reader.id() + ", not " + id);
        }
        // A delta may come before its bases.
        VerifyOptions all = VerifyOptions.all(settings.verifyWorkers()).withoutBases(true);
        VerifyReport report = new ArchiveVerifier(reader).verify(all);
        if (report.damageCount() > 0) {
          throw new UploadException(
              Reason.DAMAGED,
              name + ": what has arrived is damaged: " + report.damages().getFirst());
        }
      }
    }

    /**
     * Gives the file its name, at once; what is there meanwhile stays unless it may be replaced.
     */
    private void publish() throws IOException {
      try (OutputPlace place = catalog.place(name);
          OpenDirectory arrived = SystemFileAccess.instance().openDirectory(settings.folder())) {
        try {
          publish(arrived, PathText.bytes(key + SUFFIX), place);
        } catch (FileErrorException e) {
          if (e.errno() != Errno.EXDEV) {
            throw e;
          }
          publishCopy(arrived, place);
        }
        place.directory().force();
      }
      Files.deleteIfExists(file(key));
    }

    /** From another file system, by a copy beside the archive. */
    private void publishCopy(OpenDirectory arrived, OutputPlace place) throws IOException {
      byte[] copy = PathText.bytes("." + key + SUFFIX);
      deleteIfThere(place.directory(), copy);
      try {
        copy(arrived, place.directory(), copy);
        publish(place.directory(), copy, place);
      } finally {
        deleteIfThere(place.directory(), copy);
      }
    }

    private void publish(OpenDirectory from, byte[] source, OutputPlace place) throws IOException {
      place.requireUnmoved();
      if (force) {
        from.rename(source, place.directory(), place.name());
        return;
      }
      try {
        place.directory().createHardLink(from, source, place.name());
      } catch (FileErrorException e) {
        if (!e.isExists()) {
          throw e;
        }
        if (!catalog.look(name).id().equals(id)) {
          throw new FileAlreadyExistsException(name.toString());
        }
      }
    }

    private void copy(OpenDirectory from, OpenDirectory to, byte[] copy) throws IOException {
      try (Arena arena = Arena.ofConfined();
          OpenFile in = from.openFile(PathText.bytes(key + SUFFIX));
          OpenFile out = to.createFile(copy, COPY_MODE)) {
        MemorySegment buffer = arena.allocate(Math.clamp(length, 1, COPY_BYTES));
        for (long at = 0; at < length; ) {
          int read = in.read(buffer, 0, (int) Math.min(length - at, buffer.byteSize()), at);
          if (read == 0) {
            throw new IOException(name + ": what has arrived was cut at byte " + at);
          }
          out.write(buffer, 0, read, at);
          at += read;
        }
        out.force();
      }
    }

    private static void deleteIfThere(OpenDirectory directory, byte[] file) throws IOException {
      try {
        directory.delete(file, false);
      } catch (FileErrorException e) {
        if (!e.isNotFound()) {
          throw e;
        }
      }
    }

    private synchronized void supersede() throws IOException {
      superseded = true;
      channel.close();
    }

    private synchronized void discard() throws IOException {
      if (!superseded) {
        channel.close();
        Files.deleteIfExists(file(key));
      }
      active.remove(key, this);
    }

    /** Keeps what has arrived, if it is not in the catalog. Idempotent. */
    @Override
    public synchronized void close() throws IOException {
      active.remove(key, this);
      if (channel != null) {
        channel.close();
      }
    }
  }
}
