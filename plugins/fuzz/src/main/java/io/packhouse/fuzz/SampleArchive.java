package io.packhouse.fuzz;

import io.packhouse.engine.codec.blake3.Blake3;
import io.packhouse.engine.format.Seal;
import io.packhouse.engine.pack.PackInput;
import io.packhouse.engine.pack.PackListener;
import io.packhouse.engine.pack.PackOptions;
import io.packhouse.engine.pack.Packer;
import io.packhouse.engine.read.ArchiveReader;
import io.packhouse.engine.read.BlobInfo;
import io.packhouse.engine.read.base.BaseArchive;
import io.packhouse.engine.read.parts.ArchiveParts;
import io.packhouse.engine.read.parts.DirectoryRow;
import io.packhouse.engine.read.parts.TablePlace;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A small archive that was packed here, and where its parts are. */
final class SampleArchive {
  /** A digest that is somewhere, as bytes or as hexadecimal text; −1 where there is none. */
  private record Part(int from, int to, int digestAt, boolean isText) {
    byte[] digest(byte[] archive) {
      byte[] digest = Blake3.digest(Arrays.copyOfRange(archive, from, to));
      return isText ? HexFormat.of().formatHex(digest).getBytes(StandardCharsets.US_ASCII) : digest;
    }
  }

  private final byte[] archive;
  private final Path bases;

  /** Those whose digests are in others come before these, the footer last. */
  private final List<Part> parts = new ArrayList<>();

  private final int sealAt;

  private SampleArchive(Path file, Path bases) throws IOException {
    this.archive = Files.readAllBytes(file);
    this.bases = bases;
    try (ArchiveReader reader = ArchiveReader.open(file)) {
      ArchiveParts all = reader.parts();
      TablePlace directory = all.footer().batchDirectory();
      TablePlace blobs = all.footer().blobTable();
      sealAt = (int) all.footer().seal().offset();
      for (DirectoryRow row : all.index().directory().rows()) {
        add(row.offset(), row.offset() + row.length(), row.blake3(), directory);
      }
      for (int i = 0; i < blobs.rows(); i++) {
        BlobInfo blob = reader.blob(i);
        byte[] digest = HexFormat.of().parseHex(blob.blake3());
        add(blob.offset(), blob.offset() + blob.storedLength(), digest, blobs);
      }
      addToFooter(blobs.offset(), blobs.end(), blobs.blake3());
      addToFooter(directory.offset(), directory.end(), directory.blake3());
      addToFooter(0, all.footer().headLength(), all.footer().headDigest());
      parts.add(new Part(sealAt + Seal.LENGTH, archive.length, -1, false));
    }
  }

  /** One without a base, and a delta of it. */
  static List<SampleArchive> all() {
    try {
      Path folder = Files.createTempDirectory("packhouse-fuzz-");
      Path tree = Files.createDirectory(folder.resolve("tree"));
      Path bases = Files.createDirectory(folder.resolve("bases"));
      byte[] noise = new byte[20_000];
      new Random(1).nextBytes(noise);
      write(tree.resolve("a.txt"), "The same.\n".repeat(40).getBytes(StandardCharsets.UTF_8));
      write(tree.resolve("d/b.txt"), "The same.\n".repeat(40).getBytes(StandardCharsets.UTF_8));
      write(tree.resolve("lib-1.jar"), noise);
      byte[] second = noise.clone();
      second[9_000] ^= 1;
      write(tree.resolve("lib-2.jar"), second);
      Files.createSymbolicLink(tree.resolve("link"), Path.of("a.txt"));
      Files.createLink(tree.resolve("hard"), tree.resolve("a.txt"));
      Path full = bases.resolve("full.pkh");
      pack(tree, full, null);
      second[100] ^= 1;
      write(tree.resolve("lib-3.jar"), second);
      write(tree.resolve("new.txt"), new byte[] {'n', 'e', 'w'});
      Path delta = folder.resolve("delta.pkh");
      pack(tree, delta, full);
      // What is deleted first was named last.
      for (Path left : List.of(folder, bases, full)) {
        left.toFile().deleteOnExit();
      }
      List<SampleArchive> all =
          List.of(new SampleArchive(full, bases), new SampleArchive(delta, bases));
      Files.delete(delta);
      try (Stream<Path> files = Files.walk(tree)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
      return all;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static void write(Path file, byte[] bytes) throws IOException {
    Files.createDirectories(file.getParent());
    Files.write(file, bytes);
    Files.setLastModifiedTime(file, FileTime.fromMillis(0));
  }

  private static void pack(Path tree, Path to, @Nullable Path base)
      throws IOException, InterruptedException {
    Packer packer =
        new Packer(List.of(PackInput.of(tree)), PackOptions.defaults(), PackListener.NONE);
    if (base == null) {
      packer.pack(to);
      return;
    }
    try (BaseArchive of = BaseArchive.open(base)) {
      packer.withBase(of).pack(to);
    }
  }

  private void add(long from, long to, byte[] digest, TablePlace holder) {
    int at = indexOf(digest, (int) holder.offset(), (int) holder.end());
    parts.add(new Part((int) from, (int) to, at, false));
  }

  private void addToFooter(long from, long to, byte[] digest) {
    byte[] text = HexFormat.of().formatHex(digest).getBytes(StandardCharsets.US_ASCII);
    int at = indexOf(text, sealAt, archive.length);
    parts.add(new Part((int) from, (int) to, at, true));
  }

  private int indexOf(byte[] digest, int from, int to) {
    for (int at = from; at + digest.length <= to; at++) {
      if (Arrays.equals(archive, at, at + digest.length, digest, 0, digest.length)) {
        return at;
      }
    }
    throw new IllegalStateException("a digest is not where it should be");
  }

  /** A copy of it. */
  byte[] bytes() {
    return archive.clone();
  }

  /** A folder with what it is a delta of. */
  Path bases() {
    return bases;
  }

  /** Flips bits of a byte, and makes the digests above it right. */
  void change(byte[] bytes, int part, int position, byte bits) {
    Part changed = parts.get(part % parts.size());
    bytes[changed.from + position % (changed.to - changed.from)] ^= bits;
    for (Part each : parts) {
      if (each.digestAt >= 0) {
        byte[] digest = each.digest(bytes);
        System.arraycopy(digest, 0, bytes, each.digestAt, digest.length);
      }
    }
    int signed = Seal.SIGNED_LENGTH;
    byte[] under = new byte[signed + bytes.length - sealAt - Seal.LENGTH];
    System.arraycopy(bytes, sealAt, under, 0, signed);
    System.arraycopy(bytes, sealAt + Seal.LENGTH, under, signed, under.length - signed);
    byte[] id = Blake3.digest(under);
    System.arraycopy(id, 0, bytes, sealAt + signed, id.length);
  }
}
