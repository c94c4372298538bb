package io.packhouse.plugins.apk;

import io.packhouse.spi.ArchiveMember;
import io.packhouse.spi.ArchiveOpener;
import io.packhouse.spi.ExtractionException;
import io.packhouse.spi.ExtractionIOException;
import io.packhouse.spi.MemberStream;
import io.packhouse.spi.PackageFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Objects;

/**
 * Finds where the data segment begins and digests it as it is, compressed.
 *
 * <p>Where a gzip member ends shows only when it is inflated. So each place with the first bytes of
 * a member is tried: the bytes before it are whole members, or inflating them fails. Those of the
 * signature and control segments are few.
 */
final class DataSegment {

  /** Digesting larger packages costs more than it tells: 64 MiB. */
  static final long MAX_PACKAGE = 64 << 20;

  /** Where the data begins at the latest: 1 MiB. */
  private static final int MAX_CONTROL = 1 << 20;

  private static final int MIN_MEMBER = 18;
  private static final int MAX_TRIALS = 64;
  private static final int MAX_SEGMENTS = 8;
  private static final int PIECE = 1 << 20;

  private final PackageFile file;
  private final ArchiveOpener opener;
  private int trials;

  DataSegment(PackageFile file, ArchiveOpener opener) {
    this.file = file;
    this.opener = opener;
  }

  /** Where the data begins; −1 where that cannot be told. */
  long offset() throws ExtractionException, IOException {
    long start = 0;
    for (int segment = 0; segment < MAX_SEGMENTS; segment++) {
      long end = memberEnd(start);
      if (end < 0) {
        return -1;
      }
      if (isControl(new View(file, start, end - start))) {
        return end;
      }
      start = end;
    }
    return -1;
  }

  /** SHA-256 of what lies at {@code offset} and behind, in hexadecimal digits. */
  String sha256(long offset) throws ExtractionException, IOException {
    MessageDigest sha256;
    try {
      sha256 = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
    for (long at = offset; at < file.size(); ) {
      opener.checkTime();
      int length = (int) Math.min(PIECE, file.size() - at);
      sha256.update(file.slice(at, length));
      at += length;
    }
    return HexFormat.of().formatHex(sha256.digest());
  }

  private long memberEnd(long start) throws ExtractionException, IOException {
    int length = (int) Math.min(file.size(), MAX_CONTROL) - (int) start;
    if (length < MIN_MEMBER) {
      return -1;
    }
    ByteBuffer bytes = file.slice(start, length);
    for (int at = MIN_MEMBER; at + 2 < length; at++) {
      if (bytes.get(at) == 0x1F && bytes.get(at + 1) == (byte) 0x8B && bytes.get(at + 2) == 8) {
        if (++trials > MAX_TRIALS) {
          return -1;
        }
        if (isWhole(new View(file, start, at))) {
          return start + at;
        }
      }
    }
    return -1;
  }

  private boolean isWhole(PackageFile members) throws ExtractionException, IOException {
    byte[] unused = new byte[32 << 10];
    try (InputStream stream = opener.decompress(members)) {
      while (stream.read(unused) >= 0) {
        opener.checkTime();
      }
      return true;
    } catch (ExtractionIOException | ExtractionException e) {
      opener.checkTime();
      return false;
    }
  }

  private boolean isControl(PackageFile segment) throws IOException, ExtractionException {
    try (MemberStream members = opener.members(segment)) {
      ArchiveMember first = members.next();
      return first != null && first.name().equals(".PKGINFO");
    } catch (ExtractionException e) {
      opener.checkTime();
      return false;
    }
  }

  /** A part of a file. */
  private record View(PackageFile file, long offset, long size) implements PackageFile {

    View {
      Objects.checkFromIndexSize(offset, size, file.size());
    }

    @Override
    public String path() {
      return file.path();
    }

    @Override
    public int read(long position, ByteBuffer target) throws IOException {
      if (position >= size) {
        return -1;
      }
      int limit = target.limit();
      target.limit(target.position() + (int) Math.min(target.remaining(), size - position));
      try {
        return file.read(offset + position, target);
      } finally {
        target.limit(limit);
      }
    }

    @Override
    public ByteBuffer slice(long position, int length) throws IOException {
      Objects.checkFromIndexSize(position, length, size);
      return file.slice(offset + position, length);
    }
  }
}
