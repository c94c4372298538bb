package io.packhouse.extraction.plugins;

import io.packhouse.spi.ArchiveOpener;
import io.packhouse.spi.ColumnSpec;
import io.packhouse.spi.ExtractionException;
import io.packhouse.spi.ExtractionIOException;
import io.packhouse.spi.ExtractionLimits;
import io.packhouse.spi.PackageExtractor;
import io.packhouse.spi.PackageMetadata;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Extracts in a runner, one file after another. */
final class RunnerLoop {
  private final Link link;
  private final List<PackageExtractor> extractors;
  private final List<Descriptor> descriptors;
  private final Function<ExtractionLimits, ArchiveOpener> openers;

  RunnerLoop(
      Link link,
      List<PackageExtractor> extractors,
      List<Descriptor> descriptors,
      Function<ExtractionLimits, ArchiveOpener> openers) {
    this.link = link;
    this.extractors = extractors;
    this.descriptors = descriptors;
    this.openers = openers;
  }

  /** Serves one request of the host. */
  void serve(Incoming request) throws IOException {
    if (request.kind() != MessageKind.EXTRACT) {
      throw new LinkException("the host said " + request.kind());
    }
    int ordinal = request.takeInt();
    ExtractionLimits limits =
        new ExtractionLimits(
            request.takeLong(),
            request.takeLong(),
            request.takeInt(),
            Duration.ofNanos(request.takeLong()));
    Asking asking = new Asking(link);
    RemoteFile file = asking.newFile(request);
    PackageExtractor extractor = extractors.get(ordinal);
    List<ColumnSpec> columns = descriptors.get(ordinal).columns();
    try {
      PackageMetadata metadata;
      try (RunnerContext context = new RunnerContext(asking, limits, openers)) {
        metadata = extractor.extract(file, context);
      } finally {
        // Threads that the extractor left behind must not write between the host and us.
        asking.end();
      }
      putResult(columns, metadata);
    } catch (ExtractionException e) {
      putDamage(columns, e);
    } catch (ExtractionIOException e) {
      putDamage(columns, e.damage());
    } catch (LinkException e) {
      throw e;
    } catch (IOException e) {
      if (asking.isBroken()) {
        throw e;
      }
      link.begin(MessageKind.READ_FAILED).putText(Reasons.oneLine(String.valueOf(e.getMessage())));
    } catch (Throwable e) { // other people's code; out of memory ends the JVM by an option
      link.begin(MessageKind.FAILED).putText(Reasons.of(e));
    }
    if (asking.isBroken()) {
      throw new LinkException("the extractor went on after the link broke");
    }
    link.send();
  }

  private void putResult(List<ColumnSpec> columns, @Nullable PackageMetadata metadata) {
    Outgoing to = link.begin(MessageKind.RESULT).putFlag(metadata != null);
    if (metadata != null) {
      MetadataCodec.put(to, columns, metadata);
    }
  }

  private void putDamage(List<ColumnSpec> columns, ExtractionException damage) {
    String reason = Reasons.oneLine(damage.reason());
    PackageMetadata partial = damage.partial();
    if (partial != null) {
      try {
        Outgoing to = link.begin(MessageKind.DAMAGED).putText(reason).putFlag(true);
        MetadataCodec.put(to, columns, partial);
        return;
      } catch (IllegalArgumentException e) {
        reason +=
            "; what it could tell is wrong: " + Reasons.oneLine(String.valueOf(e.getMessage()));
      }
    }
    link.begin(MessageKind.DAMAGED).putText(reason).putFlag(false);
  }
}
