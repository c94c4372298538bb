package io.packhouse.server.archive;

import com.google.protobuf.Message;
import io.packhouse.engine.pack.EntrySource;
import io.packhouse.engine.pack.PackOptions;
import io.packhouse.engine.pack.PackReport;
import io.packhouse.engine.pack.PackResources;
import io.packhouse.engine.pack.Packer;
import io.packhouse.engine.pack.SourceTree;
import io.packhouse.server.catalog.ArchiveName;
import io.packhouse.server.catalog.Catalog;
import io.packhouse.server.job.Job;
import io.packhouse.server.job.JobContext;
import io.packhouse.v1.Progress;
import java.io.IOException;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

/** Packs a tree that a client sends, into the catalog or back to the client. */
public final class StreamPackJob implements Job {
  /** Where the archive goes. */
  public sealed interface Target {}

  /** Into the catalog. */
  public record InCatalog(Catalog catalog, ArchiveName name) implements Target {}

  /** To whoever asked for it. */
  public record ToChannel(WritableByteChannel channel) implements Target {}

  /**
   * What a stream takes beside the pack: messages that wait for their turn, and an answer of the
   * client for each worker.
   */
  public static final long STREAM_BYTES = 8L << 20;

  private final EntrySource source;
  private final List<SourceTree> trees;
  private final Path spoolFolder;
  private final PackOptions options;
  private final PackResources resources;
  private final Target target;
  private final Consumer<Progress> listener;

  /**
   * @param trees that the source gives
   * @param spoolFolder as in {@link Packer}
   * @param resources that packs share
   * @param listener is told how far the pack is, besides the operation
   */
  public StreamPackJob(
      EntrySource source,
      List<SourceTree> trees,
      Path spoolFolder,
      PackOptions options,
      PackResources resources,
      Target target,
      Consumer<Progress> listener) {
    this.source = source;
    this.trees = List.copyOf(trees);
    this.spoolFolder = spoolFolder;
    this.options = options;
    this.resources = resources;
    this.target = target;
    this.listener = listener;
  }

  @Override
  public String verb() {
    return "pack";
  }

  @Override
  public String archive() {
    return target instanceof InCatalog in ? in.name().toString() : "";
  }

  @Override
  public long memoryBytes() {
    return options.startBytes() + STREAM_BYTES;
  }

  @Override
  public long growthBytes() {
    return options.windowBytes();
  }

  @Override
  public boolean writesArchive() {
    return target instanceof InCatalog;
  }

  @Override
  public Message run(JobContext context) throws IOException, InterruptedException {
    Packer packer =
        new Packer(
                source,
                trees,
                spoolFolder,
                options,
                moment -> {
                  Progress progress = PackJob.progress(moment);
                  context.progress(progress);
                  listener.accept(progress);
                })
            .withGrants(context::grow)
            .withResources(resources);
    context.onCancel(packer::cancel);
    return switch (target) {
      case InCatalog(Catalog catalog, ArchiveName name) -> {
        PackReport report = packer.pack(catalog.place(name));
        catalog.changed(name);
        yield PackJob.response(name.toString(), report);
      }
      case ToChannel(WritableByteChannel channel) -> PackJob.response("", packer.pack(channel));
    };
  }
}
