package io.packhouse.extraction.plugins;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.packhouse.extraction.StandaloneContext;
import io.packhouse.spi.ColumnSpec;
import io.packhouse.spi.ColumnType;
import io.packhouse.spi.Dependency;
import io.packhouse.spi.ExtractionContext;
import io.packhouse.spi.ExtractionException;
import io.packhouse.spi.ExtractionLimits;
import io.packhouse.spi.Interest;
import io.packhouse.spi.NestedPackage;
import io.packhouse.spi.PackageFile;
import io.packhouse.spi.PackageMetadata;
import java.io.EOFException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What comes over a link is checked before it is believed, whoever sends it. */
class HostileRunnerTest {
  private static final List<ColumnSpec> COLUMNS =
      List.of(
          new ColumnSpec("text", ColumnType.Scalar.STRING, "A text."),
          new ColumnSpec(
              "list",
              new ColumnType.ListOf(
                  new ColumnType.StructOf(
                      List.of(new ColumnSpec("flag", ColumnType.Scalar.BOOL, "A flag.")))),
              "A list."));

  @TempDir Path temp;
  private SocketChannel hostile;
  private Link link;

  @BeforeEach
  void connect() throws IOException {
    UnixDomainSocketAddress address = UnixDomainSocketAddress.of(temp.resolve("s"));
    try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(address);
      hostile = SocketChannel.open(address);
      link = new Link(server.accept());
    }
  }

  @AfterEach
  void disconnect() throws IOException {
    hostile.close();
    link.close();
  }

  private void sends(ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      hostile.write(bytes);
    }
  }

  private void sends(MessageKind kind, Consumer<Outgoing> body) throws IOException {
    Outgoing message = new Outgoing().begin(kind);
    body.accept(message);
    sends(message.finish());
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1, Integer.MIN_VALUE, Integer.MAX_VALUE, Link.MAX_MESSAGE_BYTES + 1})
  void messagesOfNoSensibleLengthAreRefused(int length) throws IOException {
    sends(ByteBuffer.allocate(4).putInt(0, length));

    assertThatThrownBy(link::receive).isInstanceOf(LinkException.class);
  }

  @Test
  void aLengthTakesNoMemoryUntilTheBytesCome() throws Exception {
    long before = allocated();
    for (int i = 0; i < 50; i++) {
      sends(ByteBuffer.allocate(5).putInt(0, Link.MAX_MESSAGE_BYTES));
      hostile.close();
      assertThatThrownBy(link::receive).isInstanceOf(EOFException.class);
      disconnect();
      java.nio.file.Files.delete(temp.resolve("s"));
      connect();
    }
    assertThat(allocated() - before).isLessThan(50L * (2 << 20));
  }

  private static long allocated() {
    return ((com.sun.management.ThreadMXBean)
            java.lang.management.ManagementFactory.getThreadMXBean())
        .getCurrentThreadAllocatedBytes();
  }

  @Test
  void aMessageOfUnknownKindIsRefused() throws IOException {
    sends(ByteBuffer.wrap(new byte[] {0, 0, 0, 1, 99}));

    assertThatThrownBy(link::receive)
        .isInstanceOf(LinkException.class)
        .hasMessageContaining("unknown message 99");
  }

  @Test
  void lengthsAndCountsInMessagesAreChecked() throws IOException {
    for (int value : new int[] {-2, 5, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
      sends(MessageKind.RESULT, message -> message.putInt(value).putInt(0));
      Incoming text = link.receive();
      assertThatThrownBy(text::takeText).isInstanceOf(LinkException.class);
      sends(MessageKind.RESULT, message -> message.putInt(value));
      Incoming count = link.receive();
      assertThatThrownBy(count::takeCount).isInstanceOf(LinkException.class);
    }
  }

  private Object answer(PackageFile file) throws Exception {
    return new Answering(
            "plugin x", link, COLUMNS, file, StandaloneContext.of(ExtractionLimits.DEFAULT))
        .extract(0);
  }

  private static PackageFile file(int size) {
    return PackageFile.of("f", ByteBuffer.allocate(size));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1 0 1",
        "-1 0 1",
        "0 -1 1",
        "0 0 -1",
        "0 0 11",
        "0 10 1",
        "0 9223372036854775807 1"
      })
  void rangesThatAFileDoesNotHaveAreRefused(String range) throws IOException {
    String[] parts = range.split(" ", -1);
    sends(
        MessageKind.READ,
        message ->
            message
                .putInt(Integer.parseInt(parts[0]))
                .putLong(Long.parseLong(parts[1]))
                .putInt(Integer.parseInt(parts[2])));

    assertThatThrownBy(() -> answer(file(10))).isInstanceOf(LinkException.class);
  }

  @Test
  void readsThatWouldTakeTooMuchAreRefused() throws IOException {
    sends(
        MessageKind.READ,
        message -> message.putInt(0).putLong(0).putInt(RemoteFile.MAX_READ_BYTES + 1));

    assertThatThrownBy(() -> answer(file(4 << 20)))
        .isInstanceOf(LinkException.class)
        .hasMessageContaining("asked for");
  }

  @Test
  void siblingsWithoutEndAreRefused() throws Exception {
    ExtractionContext context =
        new ExtractionContext() {
          @Override
          public PackageFile sibling(String relativePath) {
            return file(0);
          }

          @Override
          public io.packhouse.spi.ArchiveOpener archives() {
            return NONE.archives();
          }

          @Override
          public ExtractionLimits limits() {
            return ExtractionLimits.DEFAULT;
          }
        };
    Thread asks =
        Thread.ofPlatform()
            .start(
                () -> {
                  try {
                    ByteBuffer sink = ByteBuffer.allocate(1 << 16);
                    for (int i = 0; i < 20_000; i++) {
                      sends(MessageKind.SIBLING, message -> message.putText("x"));
                      hostile.read(sink.clear());
                    }
                  } catch (IOException e) {
                    assertThat(e).isNotNull(); // the host hung up
                  }
                });

    assertThatThrownBy(() -> new Answering("plugin x", link, COLUMNS, file(0), context).extract(0))
        .isInstanceOf(LinkException.class)
        .hasMessageContaining("siblings");
    link.close();
    asks.join();
  }

  @Test
  void whatOnlyAHostSaysIsRefused() throws IOException {
    sends(MessageKind.FOUND, message -> {});

    assertThatThrownBy(() -> answer(file(0)))
        .isInstanceOf(LinkException.class)
        .hasMessageContaining("FOUND");
  }

  @Test
  void reasonsBecomeOneShortLine() throws IOException {
    sends(MessageKind.DAMAGED, message -> message.putText("a\nb".repeat(1_000)).putFlag(false));

    assertThatThrownBy(() -> answer(file(0)))
        .isInstanceOf(ExtractionException.class)
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n").hasSizeLessThan(3_000));
  }

  @Test
  void metadataAndDescriptorsWithChangedBytesAreTakenOrRefused() throws IOException {
    Outgoing metadata = new Outgoing().begin(MessageKind.RESULT);
    PackageMetadata inner = PackageMetadata.builder(COLUMNS).name("inner").build();
    MetadataCodec.put(
        metadata,
        COLUMNS,
        PackageMetadata.builder(COLUMNS)
            .purl("pkg:x/y@1")
            .name("y")
            .addAuthor("someone")
            .publishedNanos(1L)
            .addDependency(new Dependency("pkg:x/z", "z", "1", null, false))
            .column("text", "t")
            .column("list", List.of(Map.of("flag", true), Map.of()))
            .addNested(new NestedPackage("in", inner))
            .build());
    Outgoing descriptors = new Outgoing().begin(MessageKind.HELLO);
    Descriptor.putAll(
        descriptors,
        List.of(
            new Descriptor(
                "x",
                "x",
                COLUMNS,
                new Interest(List.of(".x"), List.of("**"), List.of(new Interest.Magic(1, "00"))))));
    int taken = 0;
    int refused = 0;
    Random random = new Random(42);
    for (int round = 0; round < 40_000; round++) {
      boolean even = round % 2 == 0;
      ByteBuffer whole = (even ? metadata : descriptors).finish();
      byte[] bytes = new byte[whole.remaining() - Integer.BYTES];
      whole.get(Integer.BYTES, bytes);
      for (int change = random.nextInt(4); change >= 0; change--) {
        bytes[1 + random.nextInt(bytes.length - 1)] =
            (byte) (random.nextBoolean() ? random.nextInt(4) : random.nextInt(256));
      }
      int length = random.nextInt(4) == 0 ? 1 + random.nextInt(bytes.length) : bytes.length;
      Incoming incoming = new Incoming(ByteBuffer.wrap(bytes, 0, length));
      try {
        if (even) {
          MetadataCodec.take(incoming, COLUMNS);
        } else {
          Descriptor.takeAll(incoming);
        }
        taken++;
      } catch (LinkException e) {
        refused++;
      } catch (RuntimeException e) {
        throw new AssertionError("round " + round + " of seed 42", e);
      }
    }
    assertThat(taken).isPositive();
    assertThat(refused).isPositive();
  }
}
