package io.packhouse.extraction.plugins;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * What a runner asks the host for during one extraction. Any thread of the plugin may ask until the
 * extraction ends; one at a time does.
 */
final class Asking {
  private final Link link;

  @GuardedBy("this")
  private boolean ended;

  @GuardedBy("this")
  private boolean broken;

  Asking(Link link) {
    this.link = link;
  }

  /** From now on nobody asks. */
  synchronized void end() {
    ended = true;
  }

  /** Whether the host is gone. */
  synchronized boolean isBroken() {
    return broken;
  }

  /** A file of which a message tells: number, path, size, first bytes. */
  RemoteFile newFile(Incoming message) throws IOException {
    int number = message.takeInt();
    String path = message.takeText();
    long size = message.takeLong();
    ByteBuffer head = message.takeRest();
    byte[] copy = new byte[head.remaining()];
    head.get(copy);
    return new RemoteFile(this, number, path, size, copy);
  }

  /**
   * Reads bytes of a file, all that the target has room for, which the file must have.
   *
   * @throws IOException as the host's read threw
   */
  synchronized void read(int number, long position, ByteBuffer target) throws IOException {
    int length = target.remaining();
    Outgoing question = begin(MessageKind.READ);
    question.putInt(number).putLong(position).putInt(length);
    Incoming answer = answer();
    if (answer.kind() != MessageKind.BYTES) {
      throw refused(answer);
    }
    ByteBuffer bytes = answer.takeRest();
    if (bytes.remaining() != length) {
      broken = true;
      throw new LinkException("the host gave " + bytes.remaining() + " of " + length + " bytes");
    }
    target.put(bytes);
  }

  /** A sibling; null where there is none. */
  synchronized @Nullable RemoteFile sibling(String relativePath) throws IOException {
    begin(MessageKind.SIBLING).putText(relativePath);
    Incoming answer = answer();
    return switch (answer.kind()) {
      case FOUND -> newFile(answer);
      case NOT_FOUND -> null;
      default -> throw refused(answer);
    };
  }

  /** The digest of a sibling; null where the host gives none. */
  synchronized byte @Nullable [] digest(String relativePath, String algorithm) throws IOException {
    begin(MessageKind.DIGEST).putText(relativePath).putText(algorithm);
    Incoming answer = answer();
    return switch (answer.kind()) {
      case DIGESTED -> {
        ByteBuffer bytes = answer.takeRest();
        byte[] digest = new byte[bytes.remaining()];
        bytes.get(digest);
        yield digest;
      }
      case NOT_FOUND -> null;
      default -> throw refused(answer);
    };
  }

  @GuardedBy("this")
  private Outgoing begin(MessageKind kind) {
    if (ended) {
      throw new IllegalStateException("the extraction has ended");
    }
    return link.begin(kind);
  }

  @GuardedBy("this")
  private Incoming answer() throws IOException {
    try {
      link.send();
      return link.receive();
    } catch (IOException e) {
      broken = true;
      throw e;
    }
  }

  @GuardedBy("this")
  private IOException refused(Incoming answer) throws LinkException {
    if (answer.kind() == MessageKind.NOT_READ) {
      return new IOException(answer.takeText());
    }
    broken = true;
    return new LinkException("the host answered " + answer.kind());
  }
}
