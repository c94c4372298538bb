package io.packhouse.benchmarks.service;

import com.github.luben.zstd.ZstdCompressCtx;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * zstd, at the level of a pack, of all the contents of a tree, which are in memory: the part of a
 * small pack's work that takes longest. For one thread.
 */
final class TreeCompression implements Clients.Call, AutoCloseable {
  private static final int LEVEL = 3;
  private static final int SURPLUS = 64 << 10;

  private final ZstdCompressCtx context = new ZstdCompressCtx().setLevel(LEVEL);
  private final ByteBuffer source;
  private final ByteBuffer target;

  TreeCompression(Path tree) throws IOException {
    byte[] contents = contents(tree);
    source = ByteBuffer.allocateDirect(contents.length).put(contents).flip();
    target = ByteBuffer.allocateDirect(contents.length + SURPLUS);
  }

  String title() {
    return "zstd -" + LEVEL + " of " + source.capacity() + " bytes";
  }

  @Override
  public void run(int caller) {
    context.compressDirectByteBuffer(target, 0, target.capacity(), source, 0, source.capacity());
  }

  /** Reads all files of a tree. */
  static byte[] contents(Path tree) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    try (Stream<Path> files = Files.walk(tree)) {
      files.filter(Files::isRegularFile).sorted().forEach(file -> copy(file, all));
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    return all.toByteArray();
  }

  private static void copy(Path file, ByteArrayOutputStream all) {
    try {
      all.writeBytes(Files.readAllBytes(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    context.close();
  }
}
