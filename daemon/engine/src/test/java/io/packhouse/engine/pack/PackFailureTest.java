package io.packhouse.engine.pack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.packhouse.engine.index.EntryRow;
import io.packhouse.engine.index.IndexSink;
import io.packhouse.engine.pack.PackException.Reason;
import io.packhouse.engine.read.ArchiveReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Failures of what takes part in a pack besides the tree: sinks, extractors, callers, outputs. */
class PackFailureTest extends PackFixture {

  /** Records what it is told, and does something at one row. */
  private static final class Recorder implements IndexSink {
    interface Act {
      void run() throws IOException;
    }

    final List<EntryRow> rows = new ArrayList<>();
    final List<String> ends = new ArrayList<>();
    private final int at;
    private final Act act;

    Recorder(int at, Act act) {
      this.at = at;
      this.act = act;
    }

    @Override
    public void row(EntryRow row) throws IOException {
      rows.add(row);
      if (rows.size() == at) {
        act.run();
      }
    }

    @Override
    public void finish(String archiveId) {
      ends.add("finish " + archiveId);
    }

    @Override
    public void close() {
      ends.add("close");
    }
  }

  @BeforeEach
  void makeTree() throws IOException {
    for (int i = 0; i < 400; i++) {
      file("d" + i % 7 + "/f" + i, Bytes.text(i, 3_000));
    }
    file("big", 9 * BLOB);
  }

  @Test
  void sinkGetsTheRowsInPathOrderThenFinishThenClose() throws Exception {
    Recorder sink = new Recorder(-1, () -> {});

    PackReport report = pack(options().sinks(sink));

    assertThat(sink.ends).containsExactly("finish " + report.id(), "close");
    assertThat(sink.rows).hasSize(409);
    assertThat(sink.rows)
        .isSortedAccordingTo((left, right) -> Arrays.compareUnsigned(left.path(), right.path()));
  }

  @ParameterizedTest
  @MethodSource("failures")
  void sinkThatThrowsFailsThePackAndIsClosed(Throwable thrown) {
    Recorder sink = new Recorder(200, () -> sneak(thrown));
    Recorder other = new Recorder(-1, () -> {});

    assertThat(failure(packer(options().sinks(sink, other)))).isSameAs(thrown);

    assertThat(sink.ends).containsExactly("close");
    assertThat(other.ends).containsExactly("close");
    assertThat(output).doesNotExist();
  }

  static List<Throwable> failures() {
    return List.of(new IOException("full"), new IllegalStateException("bug"), new Error("worse"));
  }

  @Test
  void sinksAreClosedWhenThePackCannotEvenBegin() {
    Recorder sink = new Recorder(-1, () -> {});
    tree = tree.resolve("missing");

    assertThat(failure(packer(options().sinks(sink))))
        .asInstanceOf(InstanceOfAssertFactories.type(PackException.class))
        .returns(Reason.INPUT, PackException::reason);

    assertThat(sink.ends).containsExactly("close");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 16})
  void cancelInTheMiddleEndsThePack(int workers) {
    Packer[] packer = new Packer[1];
    Recorder sink = new Recorder(100, () -> packer[0].cancel());
    packer[0] = packer(options().workers(workers).sinks(sink));

    assertThat(failure(packer[0]))
        .asInstanceOf(InstanceOfAssertFactories.type(PackException.class))
        .returns(Reason.CANCELLED, PackException::reason);

    assertThat(sink.rows).hasSizeLessThan(409);
    assertThat(output).doesNotExist();
  }

  @Test
  void cancelBeforeTheStartEndsThePack() {
    Packer packer = packer(options());
    packer.cancel();

    assertThat(failure(packer)).hasMessageContaining("cancelled");
  }

  @Test
  void interruptOfThePackingThreadEndsThePack() {
    Thread caller = Thread.currentThread();
    Packer packer = packer(options().sinks(new Recorder(100, caller::interrupt)));

    assertThat(failure(packer)).isInstanceOf(InterruptedException.class);

    assertThat(Thread.interrupted()).isFalse();
    assertThat(output).doesNotExist();
  }

  @Test
  void interruptBeforeTheStartEndsThePack() {
    Packer packer = packer(options());
    Thread.currentThread().interrupt();

    assertThat(failure(packer)).isInstanceOf(InterruptedException.class);

    assertThat(Thread.interrupted()).isFalse();
  }

  @Test
  void listenerThatThrowsFailsThePack() {
    RuntimeException thrown = new IllegalStateException("bug");

    assertThat(
            failure(
                packer(
                    options(),
                    progress -> {
                      throw thrown;
                    })))
        .isSameAs(thrown);
  }

  @Test
  void channelThatFailsAtAnyWriteFailsThePack() throws Exception {
    ByteArrayOutputStream whole = new ByteArrayOutputStream();
    int[] writes = new int[1];
    packer(options()).pack(counting(Channels.newChannel(whole), writes, Integer.MAX_VALUE));
    int count = writes[0];
    for (int failing = 1; failing <= count; failing++) {
      ByteArrayOutputStream part = new ByteArrayOutputStream();
      int[] written = new int[1];
      WritableByteChannel channel = counting(Channels.newChannel(part), written, failing);
      Packer packer = packer(options());

      assertThatThrownBy(() -> packer.pack(channel)).hasMessage("write " + failing + " fails");

      assertThat(channel.isOpen()).isTrue();
      byte[] expected = Arrays.copyOf(whole.toByteArray(), part.size());
      assertThat(part.toByteArray()).isEqualTo(expected);
    }
  }

  private static WritableByteChannel counting(
      WritableByteChannel target, int[] writes, int failing) {
    return new WritableByteChannel() {
      @Override
      public int write(ByteBuffer source) throws IOException {
        if (++writes[0] == failing) {
          throw new IOException("write " + failing + " fails");
        }
        return target.write(source);
      }

      @Override
      public boolean isOpen() {
        return target.isOpen();
      }

      @Override
      public void close() throws IOException {
        target.close();
      }
    };
  }

  @ParameterizedTest
  @MethodSource("badExtractors")
  void extractorThatFailsCostsItsFileOnlyTheMetadata(FakeExtractor extractor) throws Exception {
    file("x", 100);

    PackReport report = pack(options().extractors(extractor));

    assertThat(report.extractErrors()).isEqualTo(1);
    assertThat(report.failedCount()).isZero();
    TreeModel.of(tree).assertIn(output);
    try (ArchiveReader reader = ArchiveReader.open(output)) {
      String path = extractor.interest().pathGlobs().getFirst();
      assertThat(Objects.requireNonNull(reader.find(path)).packageType()).isEqualTo("fake");
    }
  }

  static List<FakeExtractor> badExtractors() {
    return List.of(
        FakeExtractor.of("x", file -> sneak(new AssertionError("assert"))),
        FakeExtractor.of("x", file -> sneak(new StackOverflowError())),
        FakeExtractor.of("x", file -> sneak(new OutOfMemoryError())),
        FakeExtractor.of("big", file -> sneak(new IOException("big"))),
        FakeExtractor.of("x", file -> sneak(new Exception("sneaked"))));
  }

  private static <R, E extends Throwable> R sneak(Throwable thrown) throws E {
    @SuppressWarnings("unchecked")
    E unchecked = (E) thrown;
    throw unchecked;
  }
}
