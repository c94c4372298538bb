package io.packhouse.fuzz;

import io.packhouse.extraction.archive.SafeArchiveOpener;
import io.packhouse.spi.ArchiveMember;
import io.packhouse.spi.ArchiveOpener;
import io.packhouse.spi.ExtractionException;
import io.packhouse.spi.ExtractionIOException;
import io.packhouse.spi.MemberStream;
import io.packhouse.spi.PackageFile;
import io.packhouse.spi.ZipDirectory;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/** Opens archives in every way there is, and what lies in them again. */
final class OpenerTarget implements Target {

  private static final int XZ_HEADER = 12;
  private static final byte LZMA2 = 0x21;
  private static final byte MEGABYTE = 16;

  /** Of each member; more tells nothing new. */
  private static final int MAX_BYTES = 1 << 20;

  @Override
  public void run(byte[] input) throws Throwable {
    if (input.length == 0) {
      return;
    }
    byte[] bytes = Arrays.copyOfRange(input, 1, input.length);
    long start = Target.cpuNanos();
    try (SafeArchiveOpener opener = new SafeArchiveOpener(LIMITS)) {
      switch (Math.floorMod(input[0] - '0', 8)) {
        case 0 -> zip(opener, file("a.zip", bytes));
        case 1 -> members(opener, file("a", bytes));
        case 2 -> drain(opener.decompress(file("a", bytes)));
        case 3 -> drain(opener.decompress(file("a.lzma", lzma(bytes))));
        case 4 -> members(opener, file("a.tlz", lzma(bytes)));
        case 5 -> drain(opener.decompress(file("a.xz", xz(bytes))));
        case 6 -> members(opener, file("a.tar.xz", xz(bytes)));
        default -> members(opener, file("a.tar.gz", Containers.gzip(bytes)));
      }
    } catch (ExtractionException | ExtractionIOException e) {
      // What is expected of most inputs.
    }
    Target.checkTime(start, PATIENCE);
  }

  private static PackageFile file(String path, byte[] bytes) {
    return PackageFile.of(path, ByteBuffer.wrap(bytes));
  }

  private static void zip(ArchiveOpener opener, PackageFile file)
      throws ExtractionException, IOException {
    ZipDirectory zip = opener.zip(file);
    byte[] name = new byte[64];
    zip.visit(entry -> entry.copyName(name));
    zip.find("a");
    zip.find("a/", ".txt", 100);
    for (ArchiveMember member : zip.members()) {
      member(opener, member);
    }
  }

  private static void members(ArchiveOpener opener, PackageFile file)
      throws ExtractionException, IOException {
    try (MemberStream members = opener.members(file)) {
      for (ArchiveMember member; (member = members.next()) != null; ) {
        member(opener, member);
      }
    }
  }

  /** Reads a member in one of three ways, by its name's length. */
  private static void member(ArchiveOpener opener, ArchiveMember member)
      throws ExtractionException, IOException {
    if (member.kind() != ArchiveMember.Kind.FILE) {
      return;
    }
    ExtractionException damage =
        attempt(
            () -> {
              switch (member.name().length() % 4) {
                case 0 -> member.bytes(MAX_BYTES);
                case 1 -> drain(member.stream());
                case 2 -> member.head(16);
                default -> nested(opener, member.file(member.name()));
              }
            });
    if (damage != null) {
      opener.checkTime();
    }
  }

  private static void nested(ArchiveOpener opener, PackageFile file)
      throws ExtractionException, IOException {
    if (opener.detect(file) != null) {
      members(opener, file);
    }
  }

  private interface Attempt {
    void run() throws ExtractionException, IOException;
  }

  /** As extractors do: what is wrong with one member is no reason to leave the others out. */
  private static @Nullable ExtractionException attempt(Attempt attempt) throws IOException {
    try {
      attempt.run();
      return null;
    } catch (ExtractionException e) {
      return e;
    } catch (ExtractionIOException e) {
      return e.damage();
    }
  }

  private static void drain(InputStream stream) throws IOException {
    try (stream) {
      stream.transferTo(java.io.OutputStream.nullOutputStream());
    }
  }

  /** With a dictionary of less than a megabyte: large ones take most of the time to allocate. */
  private static byte[] lzma(byte[] bytes) {
    byte[] lzma = bytes.clone();
    if (lzma.length > 4) {
      lzma[3] &= 0x0F;
      lzma[4] = 0;
    }
    return lzma;
  }

  /** With right checksums of its stream's and its first block's header, if it has them. */
  private static byte[] xz(byte[] bytes) {
    byte[] xz = bytes.clone();
    if (xz.length <= XZ_HEADER) {
      return xz;
    }
    System.arraycopy(new byte[] {(byte) 0xFD, '7', 'z', 'X', 'Z', 0}, 0, xz, 0, 6);
    putCrc(xz, 6, 8);
    int block = ((xz[XZ_HEADER] & 0xFF) + 1) * 4;
    if (xz.length >= XZ_HEADER + block) {
      for (int i = XZ_HEADER; i + 2 < XZ_HEADER + block; i++) {
        // Its dictionary, in half powers of two, as with lzma.
        if (xz[i] == LZMA2 && xz[i + 1] == 1 && xz[i + 2] > MEGABYTE) {
          xz[i + 2] = MEGABYTE;
        }
      }
      putCrc(xz, XZ_HEADER, XZ_HEADER + block - 4);
    }
    return xz;
  }

  private static void putCrc(byte[] bytes, int start, int end) {
    CRC32 crc = new CRC32();
    crc.update(bytes, start, end - start);
    ByteBuffer.wrap(bytes).putInt(end, Integer.reverseBytes((int) crc.getValue()));
  }
}
