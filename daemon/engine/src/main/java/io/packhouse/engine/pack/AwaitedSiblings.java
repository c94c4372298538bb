package io.packhouse.engine.pack;

import io.packhouse.engine.codec.digest.DigestAlgorithm;
import io.packhouse.engine.extract.SiblingSource;
import io.packhouse.engine.threads.Pulse;
import java.io.IOException;
import java.util.function.Consumer;

/**
 * What a source tells of siblings, as workers ask it in the midst of an extraction. No worker is
 * stuck while it waits for an answer. Where there is none the pack fails, whatever the extractor
 * makes of it. Thread-safe.
 */
final class AwaitedSiblings implements SiblingSource {
  private final SiblingSource source;
  private final Pulse pulse;
  private final Consumer<Throwable> failing;

  /**
   * @param pulse of the workers, in which each has begun a piece
   * @param failing ends the pack
   */
  AwaitedSiblings(SiblingSource source, Pulse pulse, Consumer<Throwable> failing) {
    this.source = source;
    this.pulse = pulse;
    this.failing = failing;
  }

  private interface Question {
    Answer ask() throws IOException;
  }

  @Override
  public Answer read(String path, long offset, int length, long largest) throws IOException {
    return await(() -> source.read(path, offset, length, largest));
  }

  @Override
  public Answer digest(String path, DigestAlgorithm algorithm, long largest) throws IOException {
    return await(() -> source.digest(path, algorithm, largest));
  }

  private Answer await(Question question) throws IOException {
    pulse.end();
    try {
      return question.ask();
    } catch (IOException | RuntimeException e) {
      failing.accept(e);
      throw e;
    } finally {
      pulse.begin();
    }
  }
}
