package io.packhouse.engine.pack;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.packhouse.engine.index.EntryRow;
import io.packhouse.engine.memory.SlotPool;
import io.packhouse.engine.share.Sharing;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The threads of a pack besides the caller's: one that walks, and the workers, of which there are
 * no more than there is work for at a time. They are lent by {@link PackResources}; the system's
 * scheduler shares the processors among those of all packs.
 */
final class PackThreads {

  /** Walks, submitting items as it goes. */
  interface Walk {
    void run() throws IOException, InterruptedException;
  }

  private interface Body {
    void run() throws IOException, InterruptedException;
  }

  private final PackPipeline pipeline;
  private final PackPipeline.Placing placing;
  private final PackResources resources;
  private final WorkerKit.Key kitKey;
  private final SlotPool slots;
  private final PackOptions options;
  private final FileExtractions extractions;
  private final FileDigests digests;
  private final @Nullable Sharing sharing;
  private final IndexEncoding encoding;
  private final Stage.Clock clock;

  @GuardedBy("this")
  private int running;

  PackThreads(
      PackPipeline pipeline,
      PackPipeline.Placing placing,
      PackResources resources,
      SlotPool slots,
      PackOptions options,
      FileExtractions extractions,
      FileDigests digests,
      @Nullable Sharing sharing,
      IndexEncoding encoding,
      Stage.Clock clock) {
    this.pipeline = pipeline;
    this.placing = placing;
    this.resources = resources;
    this.kitKey = new WorkerKit.Key(options.level(), options.blobBytes(), slots.slotLength());
    this.slots = slots;
    this.options = options;
    this.extractions = extractions;
    this.digests = digests;
    this.sharing = sharing;
    this.encoding = encoding;
    this.clock = clock;
  }

  /** Starts the walk; workers start as it finds work for them. */
  void start(Walk walk, ItemBuilder items) {
    pipeline.startWorkers(options.workers(), () -> run(this::work));
    run(
        () -> {
          long start = System.nanoTime();
          walk.run();
          items.finish();
          clock.addWalk(start);
          if (pipeline.walkDone(items.itemCount(), placing)) {
            work();
          }
        });
  }

  private void run(Body body) {
    synchronized (this) {
      running++;
    }
    try {
      resources
          .threads()
          .execute(
              () -> {
                try {
                  body.run();
                } catch (Throwable e) {
                  pipeline.fail(e);
                } finally {
                  ended();
                }
              });
    } catch (Throwable e) {
      ended();
      pipeline.fail(e);
    }
  }

  private synchronized void ended() {
    running--;
    notifyAll();
  }

  private void work() throws IOException, InterruptedException {
    WorkerKit kit = resources.takeWorkerKit(kitKey).taken();
    try {
      ItemReader reader =
          new ItemReader(
              kit, slots, extractions, digests, options, sharing, clock, resources.pulse());
      ItemCompressor compressor = new ItemCompressor(slots, kit);
      for (Object work = pipeline.takeWork(); work != null; work = pipeline.takeWork()) {
        if (work instanceof PackItem item) {
          read(reader, item);
        } else if (work instanceof PackPipeline.Unit unit) {
          resources.pulse().begin();
          try {
            make(compressor, unit);
          } finally {
            resources.pulse().end();
          }
          pipeline.made(unit);
        }
      }
    } catch (Throwable e) {
      resources.discard(kit);
      throw e;
    }
    resources.give(kitKey, kit);
  }

  private void read(ItemReader reader, PackItem item) throws IOException {
    try {
      reader.read(item);
    } catch (Throwable e) {
      pipeline.discard(item);
      throw e;
    }
    SlicedDigests sliced = item.bigFile == null ? null : item.bigFile.digests;
    if (sliced == null) {
      pipeline.readDone(item, placing);
      return;
    }
    pipeline.digesting(item);
    long[] start = {System.nanoTime()};
    sliced.add(
        item,
        done -> {
          clock.add(Stage.HASH, start[0]);
          pipeline.readDone(done, placing);
          start[0] = System.nanoTime();
        });
    clock.add(Stage.HASH, start[0]);
  }

  private void make(ItemCompressor compressor, PackPipeline.Unit unit) throws IOException {
    long start = System.nanoTime();
    PackItem item = unit.item;
    List<EntryRow> rows = unit.rows;
    if (item != null) {
      compressor.compress(item);
      clock.add(Stage.COMPRESS, start);
    } else if (rows != null) {
      unit.rows = null;
      unit.batch = encoding.encode(rows);
      clock.add(Stage.INDEX, start);
    }
  }

  /**
   * Waits until all have ended, which they do soon after a failure. An interrupt does not end the
   * waiting, since what they use is given back after it, but it ends the pack.
   */
  void join() {
    boolean interrupted = false;
    synchronized (this) {
      while (running > 0) {
        try {
          wait();
        } catch (InterruptedException e) {
          interrupted = true;
          pipeline.fail(e);
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
