package io.packhouse.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.stub.BlockingClientCall;
import io.packhouse.engine.extract.ExtractorHost;
import io.packhouse.engine.pack.PackResources;
import io.packhouse.engine.read.ArchiveReader;
import io.packhouse.server.catalog.CatalogFolder;
import io.packhouse.server.catalog.CatalogSettings;
import io.packhouse.server.catalog.DirectoryCatalog;
import io.packhouse.server.catalog.UploadSettings;
import io.packhouse.server.catalog.Uploads;
import io.packhouse.server.job.JobSettings;
import io.packhouse.server.job.Operations;
import io.packhouse.spi.ColumnSpec;
import io.packhouse.spi.ColumnType;
import io.packhouse.spi.ExtractionContext;
import io.packhouse.spi.Interest;
import io.packhouse.spi.PackageExtractor;
import io.packhouse.spi.PackageFile;
import io.packhouse.spi.PackageMetadata;
import io.packhouse.v1.EntryType;
import io.packhouse.v1.PackArchiveResponse;
import io.packhouse.v1.PackStreamFinish;
import io.packhouse.v1.PackStreamRequest;
import io.packhouse.v1.PackStreamResponse;
import io.packhouse.v1.PackStreamStart;
import io.packhouse.v1.SiblingAnswer;
import io.packhouse.v1.SiblingAnswer.Outcome;
import io.packhouse.v1.SiblingQuestion;
import io.packhouse.v1.StreamEntry;
import io.packhouse.v1.TransferServiceGrpc;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Clients that are asked for siblings, those that mean harm among them. */
@Timeout(60)
final class PackStreamQuestionsTest {
  private static final int WINDOW_BYTES = PackStreamSource.WINDOW_BYTES;

  private final PackResources resources = new PackResources(16 << 20);

  @TempDir Path temporary;

  private Path folder;
  private DirectoryCatalog catalog;
  private Operations operations;
  private TestServer server;

  /** Takes what is in a sibling for a name. */
  private static final class Naming implements PackageExtractor {
    @Override
    public String name() {
      return "naming";
    }

    @Override
    public String packageType() {
      return "naming";
    }

    @Override
    public List<ColumnSpec> columns() {
      return List.of(new ColumnSpec("count", ColumnType.Scalar.INT64, "a number"));
    }

    @Override
    public Interest interest() {
      return Interest.inSuffixes(".pkg");
    }

    @Override
    public PackageMetadata extract(PackageFile file, ExtractionContext context) throws IOException {
      PackageFile name = context.sibling("zz/name");
      byte[] digest = context.digest("zz/sum", "md5");
      return PackageMetadata.builder(columns())
          .name(
              name == null
                  ? "none"
                  : StandardCharsets.UTF_8.decode(name.slice(0, (int) name.size())).toString())
          .version(digest == null ? "none" : Integer.toString(digest[0]))
          .build();
    }
  }

  @BeforeEach
  void start() throws IOException {
    start(Duration.ofMinutes(5));
  }

  private void start(Duration patience) throws IOException {
    folder = Files.createDirectories(temporary.resolve("main"));
    catalog =
        DirectoryCatalog.start(
            CatalogSettings.of(List.of(new CatalogFolder("main", folder, true))));
    Path state = Files.createDirectories(temporary.resolve("state"));
    operations = new Operations(JobSettings.in(state), Failures::toRpcStatus, _ -> {});
    ArchiveGrpc.Work work =
        new ArchiveGrpc.Work(2, 448 << 20, 64 << 20, 16 << 20, resources, "test");
    server =
        new TestServer(
            new TransferGrpc(
                catalog,
                new Uploads(UploadSettings.in(state), catalog),
                new PackStreams(
                    operations,
                    catalog,
                    ExtractorHost.of(List.of(new Naming())),
                    work,
                    state,
                    patience)));
  }

  @AfterEach
  void stop() throws Exception {
    server.close();
    operations.close();
    catalog.close();
    assertThat(resources.lentCount()).isZero();
    resources.close();
  }

  /** A client, one message at a time. */
  private final class Client {
    final BlockingClientCall<PackStreamRequest, PackStreamResponse> call =
        TransferServiceGrpc.newBlockingV2Stub(server.channel()).packStream();
    long entries;

    /** Bytes that count for the window. */
    long sent;

    Client(boolean answers) throws Exception {
      call.write(
          PackStreamRequest.newBuilder()
              .setStart(
                  PackStreamStart.newBuilder()
                      .setArchive("main/a.pkh")
                      .setAnswersQuestions(answers))
              .build());
      entry("", EntryType.ENTRY_TYPE_DIRECTORY, 0);
      if (answers) {
        assertThat(call.read().getWindow().getBytes()).isEqualTo(WINDOW_BYTES);
      }
    }

    private void send(PackStreamRequest message) throws Exception {
      sent += PackStreamSource.MESSAGE_BYTES + message.getSerializedSize();
      call.write(message);
    }

    void entry(String path, EntryType type, long size) throws Exception {
      entries++;
      send(
          PackStreamRequest.newBuilder()
              .setEntry(
                  StreamEntry.newBuilder()
                      .setPath(ByteString.copyFromUtf8(path))
                      .setType(type)
                      .setSize(size)
                      .setMode(0644))
              .build());
    }

    void data(byte[] bytes) throws Exception {
      send(PackStreamRequest.newBuilder().setData(ByteString.copyFrom(bytes)).build());
    }

    void file(String path, byte[] contents) throws Exception {
      entry(path, EntryType.ENTRY_TYPE_FILE, contents.length);
      data(contents);
    }

    void finish() throws Exception {
      call.write(
          PackStreamRequest.newBuilder()
              .setFinish(PackStreamFinish.newBuilder().setEntries(entries))
              .build());
    }

    void answer(SiblingAnswer.Builder answer) throws Exception {
      call.write(PackStreamRequest.newBuilder().setAnswer(answer).build());
    }

    SiblingQuestion question() throws Exception {
      PackStreamResponse next = call.read();
      while (next != null && !next.hasQuestion()) {
        next = call.read();
      }
      return Objects.requireNonNull(next).getQuestion();
    }

    /** Sends a package and the end, and waits for the question that comes of it. */
    SiblingQuestion asked() throws Exception {
      file("a.pkg", new byte[] {1});
      finish();
      return question();
    }

    PackArchiveResponse report() throws Exception {
      PackArchiveResponse report = null;
      for (PackStreamResponse next = call.read(); next != null; next = call.read()) {
        report = next.hasReport() ? next.getReport() : report;
      }
      return Objects.requireNonNull(report);
    }

    void assertRefused(String why) {
      assertThatThrownBy(this::report)
          .isInstanceOfSatisfying(
              StatusException.class,
              e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.FAILED_PRECONDITION))
          .hasMessageContaining(why);
      try (Stream<Path> files = Files.list(folder)) {
        assertThat(files).isEmpty();
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    }
  }

  private static SiblingAnswer.Builder found(SiblingQuestion question, long size, byte[] bytes) {
    return SiblingAnswer.newBuilder()
        .setNumber(question.getNumber())
        .setOutcome(Outcome.OUTCOME_FILE)
        .setSize(size)
        .setData(ByteString.copyFrom(bytes));
  }

  @Test
  void anAnswerIsWhatTheExtractorSees() throws Exception {
    Client client = new Client(true);
    SiblingQuestion name = client.asked();
    assertThat(name.getPath().toStringUtf8()).isEqualTo("zz/name");
    assertThat(name.getOffset()).isZero();
    assertThat(name.getLength()).isEqualTo(name.getLargest()).isPositive();
    client.answer(found(name, 3, new byte[] {'a', 'n', 'n'}));
    SiblingQuestion sum = client.question();
    assertThat(sum.getPath().toStringUtf8()).isEqualTo("zz/sum");
    // Its contents, of which more is noted than the digest.
    assertThat(sum.getDigest()).isEmpty();
    byte[] contents = "contents".getBytes(StandardCharsets.US_ASCII);
    assertThat(sum.getLength()).isGreaterThan(contents.length);
    client.answer(found(sum, contents.length, contents));
    assertThat(client.report().getUnseenSiblings()).isZero();
    try (ArchiveReader reader = ArchiveReader.open(folder.resolve("a.pkh"))) {
      var row = Objects.requireNonNull(reader.find("a.pkg"));
      assertThat(row.name()).isEqualTo("ann");
      byte[] digest = MessageDigest.getInstance("MD5").digest(contents);
      assertThat(row.version()).isEqualTo(Integer.toString(digest[0]));
    }
  }

  @Test
  void aClientThatAnswersNothingIsNotAskedAndIsToldOfWhatLacks() throws Exception {
    Client client = new Client(false);
    client.file("a.pkg", new byte[] {1});
    client.finish();
    client.call.halfClose();
    assertThat(client.report().getUnseenSiblings()).isEqualTo(1);
  }

  /** The walk waits for room, the room for a worker, the worker for an answer: no circle. */
  @Test
  void anAnswerOvertakesWhatWaits() throws Exception {
    Client client = new Client(true);
    client.file("a.pkg", new byte[] {1});
    byte[] noise = new byte[1 << 20];
    // A file that does not fit into the pack's slots, nor what follows into the window.
    client.entry("big", EntryType.ENTRY_TYPE_FILE, 200L << 20);
    long window = WINDOW_BYTES;
    SiblingQuestion question = null;
    long moved = System.nanoTime();
    while (System.nanoTime() - moved < TimeUnit.SECONDS.toNanos(2)) {
      if (client.sent < window) {
        client.data(noise);
        moved = System.nanoTime();
        continue;
      }
      PackStreamResponse next = Objects.requireNonNull(client.call.read());
      window = next.hasWindow() ? next.getWindow().getBytes() : window;
      question = next.hasQuestion() ? next.getQuestion() : question;
    }
    assertThat(client.sent).isLessThan(200 << 20);
    client.answer(found(Objects.requireNonNull(question), 1, new byte[] {'x'}));
    SiblingQuestion sum = client.question();
    client.call.cancel("enough", null);
    assertThat(sum.getPath().toStringUtf8()).isEqualTo("zz/sum");
  }

  @Test
  void answersThatNobodyAskedForAreRefused() throws Exception {
    Client client = new Client(true);
    client.answer(SiblingAnswer.newBuilder().setNumber(9).setOutcome(Outcome.OUTCOME_ABSENT));
    client.assertRefused("answered question 9, which is not open");

    Client twice = new Client(true);
    SiblingQuestion question = twice.asked();
    twice.answer(found(question, 1, new byte[] {'x'}));
    twice.answer(found(question, 1, new byte[] {'y'}));
    twice.assertRefused("which is not open");
  }

  @Test
  void answersThatDoNotFitTheirQuestionAreRefused() throws Exception {
    for (SiblingAnswer.Builder wrong :
        List.of(
            SiblingAnswer.newBuilder().setOutcome(Outcome.OUTCOME_FILE).setSize(-1),
            SiblingAnswer.newBuilder().setOutcome(Outcome.OUTCOME_FILE).setSize(5),
            SiblingAnswer.newBuilder()
                .setOutcome(Outcome.OUTCOME_FILE)
                .setSize(5)
                .setData(ByteString.copyFrom(new byte[6])),
            SiblingAnswer.newBuilder()
                .setOutcome(Outcome.OUTCOME_FILE)
                .setSize(1L << 40)
                .setData(ByteString.copyFrom(new byte[1 << 20])),
            SiblingAnswer.newBuilder())) {
      Client client = new Client(true);
      client.answer(wrong.setNumber(client.asked().getNumber()));
      client.assertRefused("asked for zz/name: the client");
    }
  }

  @Test
  void aClientThatNeverAnswersHasItsPackEnded() throws Exception {
    server.close();
    operations.close();
    catalog.close();
    start(Duration.ofMillis(1_500));
    Client client = new Client(true);
    client.asked();
    long start = System.nanoTime();
    client.assertRefused("asked for zz/name: no answer came in 1 s");
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(20));
  }

  @Test
  void aClientThatEndsItsSideBeforeItsAnswerHasItsPackEnded() throws Exception {
    Client client = new Client(true);
    client.asked();
    client.call.halfClose();
    client.assertRefused("or an answer");
  }

  @Test
  void aClientThatSendsPastItsWindowIsRefused() throws Exception {
    Client client = new Client(true);
    client.file("a.pkg", new byte[] {1});
    client.entry("big", EntryType.ENTRY_TYPE_FILE, 1L << 40);
    // No window is heeded, and the pack takes little while its worker waits.
    PackStreamRequest data =
        PackStreamRequest.newBuilder().setData(ByteString.copyFrom(new byte[1 << 20])).build();
    try {
      while (client.call.write(data, 2, TimeUnit.SECONDS)) {}
    } catch (StatusException | TimeoutException e) {
      // The daemon has ended the call, or takes no more.
    }
    client.assertRefused("more than its window allows");
  }

  @Test
  void aQuestionThatIsOpenIsNoHindranceToCancelling() throws Exception {
    Client client = new Client(true);
    client.asked();
    client.call.cancel("gone", null);
    while (operations.counts().cancelled() + operations.counts().failed() == 0) {
      Thread.sleep(5);
    }
    operations.close();
    assertThat(operations.counts().running()).isZero();
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).isEmpty();
    }
  }

  @Test
  void whatAClientSaysOfAFileThatItCannotReadIsShortAndPlain() throws Exception {
    Client client = new Client(true);
    client.answer(
        SiblingAnswer.newBuilder()
            .setNumber(client.asked().getNumber())
            .setOutcome(Outcome.OUTCOME_UNREADABLE)
            .setProblem("\u001b[2J" + "x".repeat(1 << 20)));
    assertThat(client.report().getExtractErrors()).isEqualTo(1);
  }
}
