package io.packhouse.engine.pack;

import io.packhouse.engine.extract.TreeFiles;
import io.packhouse.engine.fs.FileAccess;
import io.packhouse.engine.index.EntryRow;
import io.packhouse.engine.memory.SlotPool;
import io.packhouse.engine.threads.Joining;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** The threads of a pack besides the caller's: one that walks, and the workers. */
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
  private final FileAccess files;
  private final SlotPool slots;
  private final SlotPool.Source pages;
  private final PackOptions options;
  private final List<TreeFiles> trees;
  private final FileDigests digests;
  private final IndexEncoding encoding;
  private final Stage.Clock clock;
  private final List<Thread> threads = new ArrayList<>();

  PackThreads(
      PackPipeline pipeline,
      PackPipeline.Placing placing,
      FileAccess files,
      SlotPool slots,
      SlotPool.Source pages,
      PackOptions options,
      List<TreeFiles> trees,
      FileDigests digests,
      IndexEncoding encoding,
      Stage.Clock clock) {
    this.pipeline = pipeline;
    this.placing = placing;
    this.files = files;
    this.slots = slots;
    this.pages = pages;
    this.options = options;
    this.trees = trees;
    this.digests = digests;
    this.encoding = encoding;
    this.clock = clock;
  }

  /** Starts all threads. */
  void start(Walk walk, ItemBuilder items) {
    start(
        "packhouse-walk",
        () -> {
          long start = System.nanoTime();
          walk.run();
          items.finish();
          clock.addWalk(start);
          pipeline.walkDone(items.itemCount(), placing);
        });
    for (int worker = 0; worker < options.workers(); worker++) {
      start("packhouse-worker-" + worker, this::work);
    }
  }

  private void start(String name, Body body) {
    Thread thread =
        new Thread(
            () -> {
              try {
                body.run();
              } catch (Throwable e) {
                pipeline.fail(e);
              }
            },
            name);
    thread.setDaemon(true);
    threads.add(thread);
    thread.start();
  }

  private void work() throws IOException, InterruptedException {
    try (ItemReader reader =
            new ItemReader(
                files, slots, options.extractors(), trees, digests, options.blobBytes(), clock);
        ItemCompressor compressor = new ItemCompressor(slots, options.level(), pages)) {
      for (Object work = pipeline.takeWork(); work != null; work = pipeline.takeWork()) {
        if (work instanceof PackItem item) {
          read(reader, item);
        } else if (work instanceof PackPipeline.Unit unit) {
          make(compressor, unit);
        }
      }
    }
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
    pipeline.made(unit);
  }

  /** Waits until all threads have ended; they end soon after a failure. */
  void join() {
    Joining.uninterruptibly(threads, pipeline::fail);
  }
}
