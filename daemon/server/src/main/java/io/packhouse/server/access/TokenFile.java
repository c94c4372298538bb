package io.packhouse.server.access;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A file of tokens, one a line:
 *
 * <pre>
 * # name role folders created expires sha256
 * ci pack releases,snapshots 2026-01-01T00:00:00Z never 9f86d081884c7d65...
 * </pre>
 *
 * <p>{@code *} stands for all folders, {@code never} for no end. The file is rewritten beside
 * itself and renamed into place, under a lock, so neither readers nor other writers see half of it.
 * Thread-safe.
 */
public final class TokenFile implements Tokens {
  private static final System.Logger LOG = System.getLogger(TokenFile.class.getName());
  private static final String HEADER = "# name role folders created expires sha256";
  private static final long MAX_BYTES = 4 << 20;

  /** How long a change of the file may go unnoticed. */
  private static final long FRESH_NANOS = 1_000_000_000;

  /** The system's lock of the file is held by a process, not by one of its threads. */
  private static final Object WRITING = new Object();

  private record Stamp(@Nullable Object key, long modified, long size) {}

  private record Loaded(@Nullable Stamp stamp, Map<String, Token> byHash) {
    static final Loaded NOTHING = new Loaded(null, Map.of());
  }

  private final Path path;
  private final Clock clock;
  private volatile Loaded loaded = Loaded.NOTHING;
  private volatile long checkedNanos;

  private TokenFile(Path path, Clock clock) {
    this.path = path;
    this.clock = clock;
  }

  /**
   * Opens a file of tokens; one that is not there has none, until it is.
   *
   * @throws IOException if it cannot be read, others may change it, or it is no such file
   */
  public static TokenFile open(Path path, Clock clock) throws IOException {
    TokenFile file = new TokenFile(path, clock);
    file.reload();
    return file;
  }

  /**
   * Looks at the file now.
   *
   * @throws IOException as {@link #open}; what was known before stays
   */
  public synchronized void reload() throws IOException {
    Stamp stamp = stamp();
    if (stamp == null) {
      loaded = Loaded.NOTHING;
    } else if (!stamp.equals(loaded.stamp())) {
      Map<String, Token> byHash = new HashMap<>();
      for (Token token : read()) {
        byHash.put(token.hash(), token);
      }
      loaded = new Loaded(stamp, Map.copyOf(byHash));
    }
    checkedNanos = System.nanoTime();
  }

  @Override
  public @Nullable Token find(String hash) {
    if (System.nanoTime() - checkedNanos > FRESH_NANOS) {
      try {
        reload();
      } catch (IOException e) {
        checkedNanos = System.nanoTime();
        LOG.log(System.Logger.Level.ERROR, "tokens stay as they were: {0}", e.getMessage());
      }
    }
    return loaded.byHash().get(hash);
  }

  /** All tokens, in the order in which they were made. */
  public List<Token> list() throws IOException {
    return stamp() == null ? List.of() : read();
  }

  /**
   * Adds a token.
   *
   * @param expires null for never
   * @return its secret
   * @throws IllegalArgumentException if there is one of that name, or the name is none
   */
  public synchronized String create(
      String name, Grant grant, @Nullable Instant expires, java.security.SecureRandom random)
      throws IOException {
    String secret = Token.newSecret(random);
    Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
    Token made = new Token(name, Token.hash(secret), grant, now, expires);
    change(
        tokens -> {
          if (tokens.stream().anyMatch(token -> token.name().equals(name))) {
            throw new IllegalArgumentException("there is a token \"" + name + "\" already");
          }
          tokens.add(made);
        });
    return secret;
  }

  /**
   * Takes a token away.
   *
   * @return whether it was there
   */
  public synchronized boolean revoke(String name) throws IOException {
    boolean[] found = {false};
    change(tokens -> found[0] = tokens.removeIf(token -> token.name().equals(name)));
    return found[0];
  }

  private interface Change {
    void apply(List<Token> tokens);
  }

  private void change(Change change) throws IOException {
    Path lockFile = path.resolveSibling(path.getFileName() + ".lock");
    synchronized (WRITING) {
      lockAndChange(lockFile, change);
    }
    reload();
  }

  private void lockAndChange(Path lockFile, Change change) throws IOException {
    try (FileChannel channel =
            FileChannel.open(
                lockFile,
                Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(
                    PosixFilePermissions.fromString("rw-------")));
        FileLock lock = channel.lock()) {
      assert lock.isValid();
      List<Token> tokens = new ArrayList<>(list());
      change.apply(tokens);
      write(tokens);
    }
  }

  private void write(List<Token> tokens) throws IOException {
    StringBuilder text = new StringBuilder(HEADER).append('\n');
    for (Token token : tokens) {
      Grant grant = token.grant();
      text.append(token.name())
          .append(' ')
          .append(grant.role().name().toLowerCase(Locale.ROOT))
          .append(' ')
          .append(grant.folders().isEmpty() ? "*" : String.join(",", grant.folders()))
          .append(' ')
          .append(token.created())
          .append(' ')
          .append(token.expires() == null ? "never" : token.expires())
          .append(' ')
          .append(token.hash())
          .append('\n');
    }
    Path folder = path.toAbsolutePath().getParent();
    Path temporary =
        Files.createTempFile(
            folder,
            ".tokens",
            ".tmp",
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    try {
      try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
        ByteBuffer bytes = StandardCharsets.UTF_8.encode(text.toString());
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
        channel.force(true);
      }
      Files.move(temporary, path, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  /** Tells one state of the file from another; null where there is no file. */
  private @Nullable Stamp stamp() throws IOException {
    try {
      BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
      return new Stamp(
          attributes.fileKey(),
          attributes.lastModifiedTime().to(java.util.concurrent.TimeUnit.NANOSECONDS),
          attributes.size());
    } catch (NoSuchFileException e) {
      return null;
    }
  }

  private List<Token> read() throws IOException {
    Set<PosixFilePermission> open =
        EnumSet.of(
            PosixFilePermission.GROUP_WRITE,
            PosixFilePermission.OTHERS_READ,
            PosixFilePermission.OTHERS_WRITE);
    open.retainAll(Files.getPosixFilePermissions(path));
    if (!open.isEmpty()) {
      throw new IOException(
          path + ": others may read or change this file of tokens; chmod 600 " + path);
    }
    if (Files.size(path) > MAX_BYTES) {
      throw new IOException(path + ": is longer than " + MAX_BYTES + " bytes: no file of tokens");
    }
    List<Token> tokens = new ArrayList<>();
    int number = 0;
    for (String line : Files.readString(path).lines().toList()) {
      number++;
      if (line.isBlank() || line.startsWith("#")) {
        continue;
      }
      try {
        tokens.add(parse(line.strip().split("\\s+")));
      } catch (IllegalArgumentException | DateTimeException e) {
        throw new IOException(path + ", line " + number + ": " + e.getMessage(), e);
      }
    }
    return tokens;
  }

  private static Token parse(String[] fields) {
    if (fields.length != 6) {
      throw new IllegalArgumentException(
          "expected 6 fields (" + HEADER.substring(2) + "), found " + fields.length);
    }
    List<String> folders = fields[2].equals("*") ? List.of() : List.of(fields[2].split(","));
    return new Token(
        fields[0],
        fields[5],
        new Grant(Role.parse(fields[1]), folders),
        Instant.parse(fields[3]),
        fields[4].equals("never") ? null : Instant.parse(fields[4]));
  }
}
