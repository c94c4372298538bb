package io.packhouse.engine.pack;

import com.github.luben.zstd.ZstdCompressCtx;
import io.packhouse.engine.codec.blake3.Blake3;
import io.packhouse.engine.codec.blake3.Hasher;
import io.packhouse.engine.codec.blake3.PieceHasher;
import io.packhouse.engine.fs.FileAccess;
import io.packhouse.engine.fs.FileBatchReader;
import io.packhouse.engine.memory.Pages;
import io.packhouse.engine.memory.WarmPool;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a worker has of its own, in one pack after another. One thread at a time; at home with the
 * one that had it last, to which the reader's ring is bound.
 */
final class WorkerKit implements WarmPool.Item {
  /**
   * What kits must have in common.
   *
   * @param level of zstd
   * @param blobBytes longest frame
   * @param slotLength bytes of a slot
   */
  record Key(int level, int blobBytes, long slotLength) {}

  final FileBatchReader batch;
  final Hasher hasher = Blake3.system().newHasher();
  final PieceHasher pieces = new PieceHasher(hasher);
  final Compressibility compressibility = new Compressibility();
  private final Map<Effort.Setting, ZstdCompressCtx> contexts = new HashMap<>();
  private final Key key;
  private final FileAccess files;
  private @Nullable Pages scratch;
  private @Nullable Thread home;

  WorkerKit(Key key, FileAccess files) {
    this.key = key;
    this.files = files;
    batch = files.newFileBatchReader();
    for (Effort.Setting setting : Effort.settings(key.level)) {
      contexts.put(setting, setting.newContext());
    }
  }

  /** Says that this thread has it now. */
  WorkerKit taken() {
    home = Thread.currentThread();
    return this;
  }

  ZstdCompressCtx context(Effort effort) {
    return Objects.requireNonNull(contexts.get(effort.setting(key.level)));
  }

  /** As long as a slot. */
  Pages scratch() {
    Pages made = scratch;
    if (made == null) {
      made = new Pages(key.slotLength, files::allocatePages);
      scratch = made;
    }
    return made;
  }

  @Override
  public boolean isAtHome() {
    return Thread.currentThread().equals(home);
  }

  @Override
  public long bytes() {
    return MemoryPlan.contextBytes(key.level, key.blobBytes) + key.slotLength;
  }

  @Override
  public void close() {
    batch.close();
    hasher.close();
    compressibility.close();
    contexts.values().forEach(ZstdCompressCtx::close);
    if (scratch != null) {
      scratch.close();
    }
  }
}
