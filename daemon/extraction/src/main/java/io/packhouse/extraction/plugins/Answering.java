package io.packhouse.extraction.plugins;

import io.packhouse.spi.ColumnSpec;
import io.packhouse.spi.ExtractionContext;
import io.packhouse.spi.ExtractionException;
import io.packhouse.spi.ExtractionLimits;
import io.packhouse.spi.PackageFile;
import io.packhouse.spi.PackageMetadata;
import java.io.IOException;
import java.io.Serial;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The host's part in one extraction of a runner: gives what it asks for until it has an answer. */
final class Answering {
  /** Siblings of one extraction; each takes a little of the host's memory. */
  private static final int MAX_SIBLINGS = 10_000;

  /** A read of the host failed, which is no fault of the runner. */
  static final class HostReadException extends Exception {
    @Serial private static final long serialVersionUID = 1L;

    private final IOException failure;

    private HostReadException(IOException failure) {
      super(failure);
      this.failure = failure;
    }

    IOException failure() {
      return failure;
    }
  }

  private final String plugin;
  private final Link link;
  private final List<ColumnSpec> columns;
  private final ExtractionContext context;
  private final List<PackageFile> files = new ArrayList<>();
  private @Nullable IOException readFailure;

  /**
   * @param plugin how messages speak of it
   */
  Answering(
      String plugin,
      Link link,
      List<ColumnSpec> columns,
      PackageFile file,
      ExtractionContext context) {
    this.plugin = plugin;
    this.link = link;
    this.columns = columns;
    this.context = context;
    files.add(file);
  }

  /**
   * Has the file extracted.
   *
   * @throws HostReadException if a read of the host failed, and the extractor gave up for it
   * @throws IOException if the link breaks
   */
  @Nullable PackageMetadata extract(int ordinal)
      throws ExtractionException, HostReadException, IOException {
    ExtractionLimits limits = context.limits();
    Outgoing request =
        link.begin(MessageKind.EXTRACT)
            .putInt(ordinal)
            .putLong(limits.maxInflatedBytes())
            .putLong(limits.maxEntries())
            .putInt(limits.maxNesting())
            .putLong(limits.timeout().toNanos());
    try {
      putFile(request, 0);
    } catch (IOException e) {
      throw new HostReadException(e);
    }
    link.send();
    while (true) {
      Incoming message = link.receive();
      switch (message.kind()) {
        case READ -> read(message);
        case SIBLING -> sibling(message);
        case DIGEST -> digest(message);
        case RESULT -> {
          PackageMetadata metadata =
              message.takeFlag() ? MetadataCodec.take(message, columns) : null;
          message.end();
          return metadata;
        }
        case DAMAGED -> throw damage(message);
        case READ_FAILED -> throw readFailure(message);
        case FAILED -> throw new ExtractionException(plugin + " failed: " + reason(message));
        default -> throw new LinkException("it said " + message.kind());
      }
    }
  }

  private ExtractionException damage(Incoming message) throws LinkException {
    ExtractionException damage = new ExtractionException(reason(message));
    if (message.takeFlag()) {
      damage = damage.withPartial(MetadataCodec.take(message, columns));
    }
    message.end();
    return damage;
  }

  private HostReadException readFailure(Incoming message) throws LinkException {
    IOException failure = readFailure;
    // An extractor may throw one of its own making.
    return new HostReadException(failure != null ? failure : new IOException(reason(message)));
  }

  private static String reason(Incoming message) throws LinkException {
    return Reasons.oneLine(message.takeText());
  }

  private void read(Incoming message) throws IOException {
    int number = message.takeInt();
    long position = message.takeLong();
    int length = message.takeInt();
    message.end();
    if (number < 0 || number >= files.size()) {
      throw new LinkException("it asked for a file that it does not have, " + number);
    }
    PackageFile file = files.get(number);
    if (length < 0
        || length > RemoteFile.MAX_READ_BYTES
        || position < 0
        || position > file.size() - length) {
      throw new LinkException(
          "it asked for " + length + " bytes at " + position + " of " + file.size());
    }
    Outgoing answer = link.begin(MessageKind.BYTES);
    try {
      fill(answer, file, position, length);
    } catch (IOException e) {
      refuse(e);
    }
    link.send();
  }

  private void sibling(Incoming message) throws IOException {
    String path = message.takeText();
    message.end();
    if (files.size() > MAX_SIBLINGS) {
      throw new LinkException("it asked for more than " + MAX_SIBLINGS + " siblings");
    }
    try {
      PackageFile file = context.sibling(path);
      if (file == null) {
        link.begin(MessageKind.NOT_FOUND);
      } else {
        files.add(file);
        putFile(link.begin(MessageKind.FOUND), files.size() - 1);
      }
    } catch (IOException e) {
      refuse(e);
    }
    link.send();
  }

  private void digest(Incoming message) throws IOException {
    String path = message.takeText();
    String algorithm = message.takeText();
    message.end();
    try {
      byte[] digest = context.digest(path, algorithm);
      if (digest == null) {
        link.begin(MessageKind.NOT_FOUND);
      } else {
        link.begin(MessageKind.DIGESTED).putRoom(digest.length).put(digest);
      }
    } catch (IOException e) {
      refuse(e);
    }
    link.send();
  }

  private void refuse(IOException e) {
    readFailure = e;
    link.begin(MessageKind.NOT_READ).putText(Reasons.oneLine(String.valueOf(e.getMessage())));
  }

  private void putFile(Outgoing to, int number) throws IOException {
    PackageFile file = files.get(number);
    to.putInt(number).putText(file.path()).putLong(file.size());
    fill(to, file, 0, (int) Math.min(RemoteFile.HEAD_BYTES, file.size()));
  }

  private static void fill(Outgoing to, PackageFile file, long position, int length)
      throws IOException {
    ByteBuffer target = to.putRoom(length);
    long at = position;
    while (target.hasRemaining()) {
      int read = file.read(at, target);
      if (read <= 0) {
        throw new IOException(file.path() + ": ends early, at " + at);
      }
      at += read;
    }
  }
}
