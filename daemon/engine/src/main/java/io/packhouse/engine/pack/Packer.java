package io.packhouse.engine.pack;

import io.packhouse.engine.base.PackBase;
import io.packhouse.engine.codec.blake3.Blake3;
import io.packhouse.engine.codec.digest.DigestAlgorithm;
import io.packhouse.engine.extract.ExtractorHost;
import io.packhouse.engine.extract.SiblingCache;
import io.packhouse.engine.extract.SiblingDigests;
import io.packhouse.engine.extract.SiblingSource;
import io.packhouse.engine.extract.TreeFiles;
import io.packhouse.engine.format.ArchiveFormat;
import io.packhouse.engine.format.BaseId;
import io.packhouse.engine.format.EntryType;
import io.packhouse.engine.fs.DirectoryOpener;
import io.packhouse.engine.fs.FileAccess;
import io.packhouse.engine.fs.FileErrorException;
import io.packhouse.engine.fs.OpenDirectory;
import io.packhouse.engine.fs.PathText;
import io.packhouse.engine.fs.system.SystemFileAccess;
import io.packhouse.engine.index.EncodedBatch;
import io.packhouse.engine.index.IndexSchema;
import io.packhouse.engine.index.IndexSink;
import io.packhouse.engine.memory.MemoryGrants;
import io.packhouse.engine.memory.SlotPool;
import io.packhouse.engine.pack.PackException.Reason;
import io.packhouse.engine.share.Sharing;
import io.packhouse.engine.share.SharingOptions;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Packs directory trees into an archive.
 *
 * <p>A packer packs once. {@link #cancel} may be called from any thread; nothing else may be shared
 * between threads. After a failure nothing is left behind: an existing archive of the output's name
 * is as it was.
 */
public final class Packer {
  private static final long TICK_NANOS = 100_000_000;

  /** Directories waiting to be read in take one part in this many of the files we may open. */
  private static final int OPEN_FILES_SHARE = 4;

  private final List<PackInput> inputs;

  /** What the column {@code repository} says of each input's entries. */
  private final List<@Nullable String> repositories = new ArrayList<>();

  /** In place of inputs; null where there are some. */
  private final @Nullable EntrySource source;

  /** What comes from the source. */
  private List<SourceTree> sourceTrees = List.of();

  private final @Nullable Path spoolFolder;
  private final PackOptions options;
  private final PackListener listener;
  private final FileAccess files = SystemFileAccess.instance();
  private @Nullable PackBase base;
  private DirectoryOpener opener = files::openDirectory;
  private @Nullable PackResources resources;
  private MemoryGrants grants = MemoryGrants.UNLIMITED;
  private final Stage.Clock clock = new Stage.Clock();
  private final Tally tally = new Tally();
  private final MemoryPlan memory;
  private volatile @Nullable PackPipeline running;
  private volatile boolean cancelled;
  private long lastTick;
  private int slotsLeft;

  /** As the footer has it. */
  private @Nullable String extractors;

  /**
   * @param inputs at least one; mounts are distinct, and a single one if it has none
   * @throws IllegalArgumentException if mounts collide
   */
  public Packer(List<PackInput> inputs, PackOptions options, PackListener listener) {
    if (inputs.isEmpty()) {
      throw new IllegalArgumentException("nothing to pack: no inputs");
    }
    checkMounts(inputs, PackInput::mount);
    this(inputs, null, null, options, listener);
    inputs.forEach(input -> repositories.add(input.repository()));
  }

  /**
   * Packs what comes from a source.
   *
   * @param trees at least one, which are all in the source; mounts are distinct, and a single one
   *     if it has none
   * @param spoolFolder where package files of several slices are kept while they are packed, so
   *     that extractors can look at all of them; nothing is left there
   * @param options whose filter does not count, nor what tells how to walk
   * @throws IllegalArgumentException if mounts collide
   */
  public Packer(
      EntrySource source,
      List<SourceTree> trees,
      Path spoolFolder,
      PackOptions options,
      PackListener listener) {
    checkMounts(trees, SourceTree::mount);
    this(List.of(), source, spoolFolder, options, listener);
    sourceTrees = List.copyOf(trees);
    trees.forEach(tree -> repositories.add(tree.repository()));
  }

  private static <T> void checkMounts(List<T> trees, Function<T, @Nullable String> mountOf) {
    Set<String> seen = new HashSet<>();
    for (T tree : trees) {
      String mount = mountOf.apply(tree);
      if (mount == null && trees.size() > 1) {
        throw new IllegalArgumentException(tree + " needs a name, since there are several inputs");
      }
      if (mount != null && !seen.add(mount)) {
        throw new IllegalArgumentException("two inputs are named " + mount);
      }
    }
  }

  private Packer(
      List<PackInput> inputs,
      @Nullable EntrySource source,
      @Nullable Path spoolFolder,
      PackOptions options,
      PackListener listener) {
    this.inputs = List.copyOf(inputs);
    this.source = source;
    this.spoolFolder = spoolFolder;
    this.options = options;
    this.listener = listener;
    this.memory =
        MemoryPlan.of(
            options.memoryBytes(), options.level(), options.workers(), options.blobBytes());
  }

  /**
   * Packs into a file, which appears under its name only when it is whole and durable.
   *
   * @throws PackException for reasons that the user can mend
   * @throws IOException if reading or writing fails otherwise
   * @throws InterruptedException if the calling thread is interrupted
   */
  public PackReport pack(Path output) throws IOException, InterruptedException {
    return closing(
        (roots, start) -> {
          refuseInside(output);
          refuseBase(output);
          try (OutputFile file = OutputFile.create(output, options.force())) {
            return pack(roots, file, start);
          }
        });
  }

  /**
   * Likewise, at a place that is held open.
   *
   * @param place closed in any case
   */
  public PackReport pack(OutputPlace place) throws IOException, InterruptedException {
    try (place) {
      return closing(
          (roots, start) -> {
            refuseInside(place.path());
            refuseBase(place.path());
            try (OutputFile file = OutputFile.create(place, options.force())) {
              return pack(roots, file, start);
            }
          });
    }
  }

  /**
   * Packs into a channel, such as a pipe, strictly front to back. What has been written when it
   * fails has no seal, so no reader takes it for an archive.
   *
   * @param output stays open
   */
  public PackReport pack(WritableByteChannel output) throws IOException, InterruptedException {
    return closing((roots, start) -> pack(roots, ArchiveOutput.toChannel(output), start));
  }

  private interface Body {
    PackReport pack(List<OpenDirectory> roots, long start) throws IOException, InterruptedException;
  }

  /** Opens the inputs, and closes them and the sinks however the pack ends. */
  private PackReport closing(Body body) throws IOException, InterruptedException {
    long start = System.nanoTime();
    List<Closeable> held = new ArrayList<>(options.sinks());
    PackReport report;
    try {
      report = body.pack(openRoots(held), start);
    } catch (ClosedByInterruptException e) {
      Thread.interrupted(); // as who throws InterruptedException does
      InterruptedException interruption = new InterruptedException("interrupted while writing");
      interruption.initCause(e);
      closeAll(held, interruption);
      throw interruption;
    } catch (Throwable e) {
      closeAll(held, e);
      throw e;
    }
    closeAll(held, null);
    return report;
  }

  /** Closes all, whatever fails; throws the first failure unless there is one already. */
  private static void closeAll(List<Closeable> held, @Nullable Throwable earlier)
      throws IOException {
    IOException failure = null;
    for (Closeable each : held) {
      try {
        each.close();
      } catch (IOException | RuntimeException e) {
        if (earlier != null) {
          earlier.addSuppressed(e);
        } else if (failure != null) {
          failure.addSuppressed(e);
        } else {
          failure = e instanceof IOException io ? io : new IOException(e);
        }
      }
    }
    if (failure != null) {
      throw failure;
    }
  }

  /**
   * Makes the pack use what other packs have left warm, and leave it to those that come. To be
   * called before the pack.
   *
   * @param shared stay the caller's
   */
  public Packer withResources(PackResources shared) {
    resources = shared;
    return this;
  }

  /**
   * Makes the pack ask for memory that it comes to need beside {@link PackOptions#startBytes}, at
   * most {@link PackOptions#windowBytes}. To be called before the pack.
   */
  public Packer withGrants(MemoryGrants from) {
    grants = from;
    return this;
  }

  /**
   * Makes the archive a delta: what the base has is not stored again. To be called before the pack.
   *
   * @param of stays the caller's, and is used by this pack only
   */
  public Packer withBase(PackBase of) {
    base = of;
    return this;
  }

  /**
   * Makes the pack open the directories of its inputs in this way. To be called before the pack.
   */
  public Packer withOpener(DirectoryOpener how) {
    opener = how;
    return this;
  }

  /** Slots that nobody had given back when the pack ended; for tests, which expect none. */
  int slotsLeft() {
    return slotsLeft;
  }

  /** Makes the pack fail soon, with reason CANCELLED. From any thread, at any time. */
  public void cancel() {
    cancelled = true;
    PackPipeline pipeline = running;
    if (pipeline != null) {
      pipeline.fail(cancellation());
    }
  }

  private static PackException cancellation() {
    return new PackException(Reason.CANCELLED, "cancelled; nothing was written", null);
  }

  private List<OpenDirectory> openRoots(List<Closeable> held) throws IOException {
    List<OpenDirectory> roots = new ArrayList<>();
    try {
      for (PackInput input : inputs) {
        OpenDirectory root = opener.open(input.directory());
        held.add(root);
        roots.add(root);
      }
      return roots;
    } catch (FileErrorException e) {
      throw new PackException(Reason.INPUT, e.getMessage() + "; name a directory to pack", e);
    }
  }

  /** An archive inside its own input would change what is being packed. */
  private void refuseInside(Path output) throws IOException {
    Path parent = output.toAbsolutePath().getParent();
    if (parent == null || !parent.toFile().isDirectory()) {
      return; // creating the output will say what is wrong
    }
    Path realParent = parent.toRealPath();
    for (PackInput input : inputs) {
      if (realParent.startsWith(input.directory().toRealPath())) {
        throw new PackException(
            Reason.OUTPUT,
            output + " lies inside the input " + input.directory() + "; write it elsewhere",
            null);
      }
    }
  }

  private void refuseBase(Path output) throws IOException {
    if (base != null && Files.exists(output) && Files.isSameFile(output, base.path())) {
      throw new PackException(
          Reason.OUTPUT,
          output + " is the base itself, which the delta needs; write to another file",
          null);
    }
  }

  private PackReport pack(List<OpenDirectory> roots, ArchiveOutput output, long start)
      throws IOException, InterruptedException {
    PackResources shared = resources;
    if (shared != null) {
      return pack(shared, roots, output, start);
    }
    PackResources own = new PackResources(0);
    try {
      return pack(own, roots, output, start);
    } finally {
      own.close();
      own.join();
    }
  }

  private PackReport pack(
      PackResources from, List<OpenDirectory> roots, ArchiveOutput output, long start)
      throws IOException, InterruptedException {
    extractors = extractors();
    PackKit.Key key =
        new PackKit.Key(
            options.extractors().columns(), options.digests(), minorVersion(), memory.dedupBytes());
    PackKit kit = from.takePackKit(key);
    PackReport report;
    int held = options.sharing().windowSlots(memory.slotLength());
    try (SlotPool slots = from.newSlots(2 * memory.items(), held, memory.slotLength(), grants)) {
      report = pack(from, kit, slots, roots, output, start);
    } catch (Throwable e) {
      from.discard(kit);
      throw e;
    }
    kit.clear();
    from.give(key, kit);
    return report;
  }

  private PackReport pack(
      PackResources from,
      PackKit kit,
      SlotPool slots,
      List<OpenDirectory> roots,
      ArchiveOutput output,
      long start)
      throws IOException, InterruptedException {
    PackPipeline pipeline =
        new PackPipeline(slots, files.openFileLimit() / OPEN_FILES_SHARE, clock);
    SiblingDigests siblings = new SiblingDigests(kit.digesters, !options.digests().isEmpty());
    List<TreeFiles> trees = trees(roots, siblings, awaited(from, pipeline));
    boolean asked = !options.extractors().extractors().isEmpty();
    FileDigests digests =
        new FileDigests(options.digests(), kit.digesters, asked ? siblings : null);
    ArrowIndex index = new ArrowIndex(pipeline::enqueueBatch);
    List<IndexSink> sinks = new ArrayList<>();
    sinks.add(index);
    sinks.addAll(options.sinks());
    ItemBuilder items =
        new ItemBuilder(pipeline, slots, digests, options.blobBytes(), options.itemBytes(), base);
    RowFactory rows = new RowFactory(options, files, repositories);
    Sharing sharing = from.newSharing(options.sharing(), slots, base);
    Placer placer =
        new Placer(
            options,
            rows,
            digests.ofEmpty(),
            sinks,
            tally,
            kit.dedup,
            kit.hasher,
            sharing,
            slots,
            base);
    boolean sameExtractors =
        base != null && extractors != null && extractors.equals(base.extractors());
    FileExtractions extractions =
        new FileExtractions(
            options.extractors(), trees, extractors != null, sameExtractors ? base : null);
    PackPipeline.Placing placing = new TimedPlacing(placer, index);
    PackThreads threads =
        new PackThreads(
            pipeline,
            placing,
            from,
            slots,
            options,
            extractions,
            digests,
            sharing,
            kit.encoding,
            clock);
    running = pipeline;
    if (cancelled) {
      pipeline.fail(cancellation());
    }
    ArchiveWriter writer;
    try {
      threads.start(() -> find(roots, items), items);
      writer = new ArchiveWriter(output, kit.encoding, minorVersion(), kit.hasher);
      write(pipeline, writer, slots);
    } catch (Throwable e) {
      pipeline.fail(e);
      throw e;
    } finally {
      running = null;
      if (source != null) {
        source.cancel(); // or the walk would wait for what never comes
      }
      threads.join();
      items.discard();
      pipeline.discardAll();
      if (sharing != null) {
        tally.sharedBytes = sharing.sharedBytes();
        tally.basePartBytes = sharing.earlierBytes();
        sharing.close();
      }
      tally.unseenSiblings = trees.stream().mapToLong(TreeFiles::unseen).sum();
      slotsLeft = slots.takenCount();
    }
    return finish(output, writer, items, start);
  }

  /**
   * What stands for all that extractors are and may do besides looking at siblings; null where it
   * cannot be told, or there are none.
   */
  private @Nullable String extractors() {
    ExtractorHost host = options.extractors();
    String identity = host.extractors().isEmpty() ? null : host.identity();
    if (identity == null) {
      return null;
    }
    // How large a sibling they get the digest of hangs on it.
    String all = identity + "\nrecorded digests: " + !options.digests().isEmpty();
    return HexFormat.of().formatHex(Blake3.digest(all.getBytes(StandardCharsets.UTF_8)));
  }

  private int minorVersion() {
    if (extractors != null) {
      return ArchiveFormat.SIBLINGS_MINOR_VERSION;
    }
    return base == null
        ? IndexSchema.minorVersion(options.digests())
        : ArchiveFormat.BASES_MINOR_VERSION;
  }

  private @Nullable SiblingSource awaited(PackResources from, PackPipeline pipeline) {
    SiblingSource told = source == null ? null : source.siblings();
    return told == null ? null : new AwaitedSiblings(told, from.pulse(), pipeline::fail);
  }

  private List<TreeFiles> trees(
      List<OpenDirectory> roots, SiblingDigests digests, @Nullable SiblingSource told) {
    SiblingCache cache = new SiblingCache(SiblingCache.DEFAULT_BYTES);
    List<TreeFiles> trees = new ArrayList<>();
    for (int i = 0; i < roots.size(); i++) {
      trees.add(new TreeFiles(roots.get(i), inputs.get(i).mount(), cache, digests));
    }
    for (SourceTree tree : sourceTrees) {
      trees.add(TreeFiles.elsewhere(told, tree.mount(), cache, digests));
    }
    return trees;
  }

  /** Places with the clock on, and hands on the last batches. */
  private final class TimedPlacing implements PackPipeline.Placing {
    private final Placer placer;
    private final ArrowIndex index;

    TimedPlacing(Placer placer, ArrowIndex index) {
      this.placer = placer;
      this.index = index;
    }

    @Override
    public void place(PackItem item) throws IOException {
      long start = System.nanoTime();
      placer.place(item);
      clock.add(Stage.PLACE, start);
    }

    @Override
    public void finish() {
      index.flush();
    }
  }

  private void find(List<OpenDirectory> roots, ItemBuilder items)
      throws IOException, InterruptedException {
    EntrySource from = source;
    Path folder = spoolFolder;
    if (from == null || folder == null) {
      walk(roots, items);
      return;
    }
    try (OpenDirectory spool = files.openDirectory(folder)) {
      new SourceFeeder(from, sourceTrees, items, options, spool).feed();
    }
  }

  private void walk(List<OpenDirectory> roots, ItemBuilder items)
      throws IOException, InterruptedException {
    TreeWalker walker = new TreeWalker(options, items);
    List<Integer> order = new ArrayList<>();
    for (int i = 0; i < inputs.size(); i++) {
      order.add(i);
    }
    order.sort(Comparator.comparing(this::mount, PathText::compare));
    List<TreeWalker.Root> trees = new ArrayList<>();
    for (int i : order) {
      trees.add(new TreeWalker.Root(roots.get(i), i, mount(i)));
    }
    walker.walk(trees);
  }

  private byte[] mount(int input) {
    String mount = inputs.get(input).mount();
    return mount == null ? new byte[0] : PathText.bytes(mount);
  }

  private void write(PackPipeline pipeline, ArchiveWriter writer, SlotPool slots)
      throws IOException, InterruptedException {
    while (true) {
      PackPipeline.Unit unit = pipeline.takeMade(() -> tick(pipeline, writer));
      if (unit == null) {
        listener.progress(pipeline.progress(writer.position()));
        return;
      }
      long start = System.nanoTime();
      PackItem item = unit.item;
      if (item != null) {
        try {
          for (BlobPlan blob : item.blobs) {
            write(writer, slots, item, blob);
          }
        } finally {
          pipeline.releaseSlots(item);
        }
      } else {
        try (EncodedBatch batch = unit.batch) {
          writer.writeBatch(Objects.requireNonNull(batch));
        }
      }
      clock.add(Stage.WRITE, start);
      tick(pipeline, writer);
    }
  }

  private void write(ArchiveWriter writer, SlotPool slots, PackItem item, BlobPlan blob)
      throws IOException {
    switch (blob.codec) {
      case ZSTD -> {
        writer.write(slots.buffer(item.targetSlot).slice(blob.targetOffset, blob.storedLength));
        tally.compressedInBytes += blob.decodedLength;
        tally.compressedOutBytes += blob.storedLength;
      }
      case RAW -> {
        if (blob.gathered) {
          writer.write(slots.buffer(item.targetSlot).slice(blob.targetOffset, blob.storedLength));
          tally.rawBlobBytes += blob.storedLength;
          break;
        }
        ByteBuffer slot = slots.buffer(item.slot);
        for (int range = 0; range < blob.rangeCount(); range++) {
          writer.write(slot.slice(blob.rangeOffset(range), blob.rangeLength(range)));
        }
        tally.rawBlobBytes += blob.storedLength;
      }
    }
    writer.endBlob(blob.storedLength, blob.decodedLength, blob.codec, blob.digest);
  }

  private void tick(PackPipeline pipeline, ArchiveWriter writer) {
    long now = System.nanoTime();
    if (now - lastTick >= TICK_NANOS) {
      lastTick = now;
      listener.progress(pipeline.progress(writer.position()));
    }
  }

  private PackReport finish(
      ArchiveOutput output, ArchiveWriter writer, ItemBuilder items, long start)
      throws IOException {
    long sync = System.nanoTime();
    PackBase from = base;
    if (from != null) {
      from.checkUnchanged();
    }
    String id = writer.finish(metadata());
    output.commit();
    clock.add(Stage.SYNC, sync);
    for (IndexSink sink : options.sinks()) {
      sink.finish(id);
    }
    return new PackReport(
        id,
        tally.of(EntryType.FILE),
        tally.of(EntryType.DIRECTORY),
        tally.of(EntryType.SYMLINK),
        tally.of(EntryType.HARDLINK),
        tally.specials(),
        tally.packages,
        items.skippedPaths(),
        items.skippedCount(),
        tally.failures,
        tally.failed(),
        tally.extractErrors,
        tally.unseenSiblings,
        tally.bytes,
        tally.dedupedBytes,
        tally.baseFiles,
        tally.baseBytes,
        tally.basePartBytes,
        tally.sharedBytes,
        tally.extents,
        tally.holeBytes,
        writer.blobCount(),
        tally.rawBlobBytes,
        tally.compressedInBytes,
        tally.compressedOutBytes,
        writer.indexBytes(),
        writer.position(),
        System.nanoTime() - start,
        clock.busyByName(),
        clock.waitingByName());
  }

  private Map<String, String> metadata() {
    Map<String, String> metadata = new HashMap<>(tally.metadata());
    metadata.put(ArchiveFormat.KEY_PRODUCER, options.producer());
    PackBase from = base;
    if (from != null) {
      metadata.put(ArchiveFormat.KEY_BASES, BaseId.text(from.ids()));
    }
    if (extractors != null) {
      metadata.put(ArchiveFormat.KEY_EXTRACTORS, extractors);
    }
    metadata.put(ArchiveFormat.KEY_OPTION + "level", Integer.toString(options.level()));
    metadata.put(ArchiveFormat.KEY_OPTION + "blob_size", Integer.toString(options.blobBytes()));
    metadata.put(ArchiveFormat.KEY_OPTION + "frame_size", Integer.toString(options.frameBytes()));
    if (options.storesPackages()) {
      metadata.put(ArchiveFormat.KEY_OPTION + "stores_packages", "true");
    }
    SharingOptions sharing = options.sharing();
    if (!sharing.isOff()) {
      metadata.put(
          ArchiveFormat.KEY_OPTION + "sharing", sharing.mode().name().toLowerCase(Locale.ROOT));
      metadata.put(
          ArchiveFormat.KEY_OPTION + "sharing_memory", Long.toString(sharing.memoryBytes()));
    }
    metadata.put(
        ArchiveFormat.KEY_OPTION + "reproducible", Boolean.toString(options.reproducible()));
    metadata.put(ArchiveFormat.KEY_OPTION + "xattrs", Boolean.toString(options.xattrs()));
    if (!options.digests().isEmpty()) {
      metadata.put(
          ArchiveFormat.KEY_OPTION + "digests",
          options.digests().stream().map(DigestAlgorithm::label).collect(Collectors.joining(",")));
    }
    return metadata;
  }
}
