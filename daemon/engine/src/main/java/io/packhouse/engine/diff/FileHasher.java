package io.packhouse.engine.diff;

import io.packhouse.engine.codec.blake3.Blake3;
import io.packhouse.engine.codec.blake3.Hasher;
import io.packhouse.engine.fs.FileHandle;
import io.packhouse.engine.fs.OpenDirectory;
import io.packhouse.engine.fs.OpenFile;
import io.packhouse.engine.fs.PathText;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Hashes files of a tree on threads of its own. Belongs to one thread. */
final class FileHasher implements AutoCloseable {
  private static final int BUFFER = 1 << 20;

  /** A hasher and a buffer, of one task at a time. */
  private static final class Kit {
    final Hasher hasher = Blake3.system().newHasher();
    final MemorySegment buffer;

    Kit(Arena arena) {
      buffer = arena.allocate(BUFFER, 64);
    }
  }

  private final Arena arena = Arena.ofShared();
  private final ConcurrentLinkedQueue<Kit> idle = new ConcurrentLinkedQueue<>();
  private final List<Kit> kits = new ArrayList<>();
  private final ExecutorService threads;
  private final @Nullable OpenDirectory root;

  /**
   * @param root of the tree, stays the caller's; null where there is none, and nothing to hash
   */
  FileHasher(@Nullable OpenDirectory root, int workers) {
    this.root = root;
    for (int i = 0; i < workers; i++) {
      kits.add(new Kit(arena));
    }
    idle.addAll(kits);
    threads =
        Executors.newFixedThreadPool(
            workers, Thread.ofPlatform().name("packhouse-diff-", 0).daemon().factory());
  }

  /** Sets the item's digest, or its problem, when the future is done. */
  Future<?> submit(Item item) {
    return threads.submit(() -> hash(item));
  }

  private void hash(Item item) {
    Kit kit = idle.poll();
    if (kit == null) {
      throw new IllegalStateException("more tasks than threads");
    }
    try {
      try (OpenFile file = open(item)) {
        kit.hasher.reset();
        long position = 0;
        while (true) {
          int read = file.read(kit.buffer, 0, BUFFER, position);
          kit.hasher.update(kit.buffer, 0, read);
          position += read;
          if (read < BUFFER) {
            break;
          }
        }
        checkSize(file, item, position);
        byte[] digest = new byte[Blake3.DIGEST_LENGTH];
        kit.hasher.finish(digest, 0);
        item.digest = digest;
      }
    } catch (IOException e) {
      item.problem = e.getMessage();
    } finally {
      idle.add(kit);
    }
  }

  private OpenFile open(Item item) throws IOException {
    byte[] name = item.name;
    OpenDirectory top = root;
    if (name == null || top == null) {
      throw new IllegalStateException("not a file of a tree: " + PathText.display(item.path));
    }
    OpenDirectory directory = item.directory;
    if (directory != null) {
      return directory.openFile(name);
    }
    OpenDirectory at = top.share();
    try {
      int start = 0;
      for (int end = 0; end < item.path.length; end++) {
        if (item.path[end] == '/') {
          OpenDirectory next = at.openDirectory(Arrays.copyOfRange(item.path, start, end));
          at.close();
          at = next;
          start = end + 1;
        }
      }
      return at.openFile(name);
    } finally {
      at.close();
    }
  }

  private static void checkSize(FileHandle file, Item item, long read) throws IOException {
    if (read != item.size) {
      throw new IOException(
          file.displayPath() + " changed size meanwhile, from " + item.size + " to " + read);
    }
  }

  /** Waits for tasks that run, drops those that wait. */
  @Override
  public void close() {
    threads.shutdownNow();
    boolean interrupted = false;
    while (!threads.isTerminated()) {
      try {
        threads.awaitTermination(1, TimeUnit.MINUTES);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    for (Kit kit : kits) {
      kit.hasher.close();
    }
    arena.close();
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
