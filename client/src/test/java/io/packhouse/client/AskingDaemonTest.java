package io.packhouse.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.packhouse.remote.LocalTree;
import io.packhouse.remote.PackhouseClient;
import io.packhouse.remote.TreeOptions;
import io.packhouse.v1.PackArchiveResponse;
import io.packhouse.v1.PackStreamRequest;
import io.packhouse.v1.PackStreamResponse;
import io.packhouse.v1.PackStreamStart;
import io.packhouse.v1.Progress;
import io.packhouse.v1.SiblingAnswer;
import io.packhouse.v1.SiblingAnswer.Outcome;
import io.packhouse.v1.SiblingQuestion;
import io.packhouse.v1.StreamWindow;
import io.packhouse.v1.TransferServiceGrpc;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a daemon that asks for more than it should gets of the library: a real socket between. */
@Timeout(60)
class AskingDaemonTest {
  @TempDir Path temp;
  private Path tree;
  private Server server;
  private PackhouseClient client;

  /** What the daemon does once the client has said that it answers. */
  private interface Part {
    void play(Talk talk) throws Exception;
  }

  private Part part = talk -> {};

  /** One call, as the daemon sees it. */
  private static final class Talk implements StreamObserver<PackStreamRequest> {
    private final StreamObserver<PackStreamResponse> out;
    private final BlockingQueue<SiblingAnswer> answers = new LinkedBlockingQueue<>();
    private final BlockingQueue<Boolean> finished = new LinkedBlockingQueue<>();
    final AtomicInteger dataBytes = new AtomicInteger();
    private final Part part;
    private int asked;

    Talk(StreamObserver<PackStreamResponse> out, Part part) {
      this.out = out;
      this.part = part;
    }

    synchronized void say(PackStreamResponse.Builder message) {
      out.onNext(message.build());
    }

    void window(long bytes) {
      say(PackStreamResponse.newBuilder().setWindow(StreamWindow.newBuilder().setBytes(bytes)));
    }

    void ask(SiblingQuestion.Builder question) {
      say(PackStreamResponse.newBuilder().setQuestion(question.setNumber(++asked)));
    }

    SiblingAnswer answer() throws InterruptedException {
      SiblingAnswer answer = answers.poll(20, TimeUnit.SECONDS);
      assertThat(answer).as("an answer").isNotNull();
      return answer;
    }

    SiblingAnswer told(String path) throws InterruptedException {
      ask(question(path));
      return answer();
    }

    void awaitFinish() throws InterruptedException {
      assertThat(finished.poll(20, TimeUnit.SECONDS)).isNotNull();
    }

    @Override
    public void onNext(PackStreamRequest message) {
      switch (message.getMessageCase()) {
        case START -> {
          assertThat(message.getStart().getAnswersQuestions()).isTrue();
          Thread.ofVirtual()
              .start(
                  () -> {
                    try {
                      part.play(this);
                      say(
                          PackStreamResponse.newBuilder()
                              .setReport(PackArchiveResponse.newBuilder().setFiles(7)));
                      out.onCompleted();
                    } catch (Throwable e) {
                      out.onError(
                          io.grpc.Status.FAILED_PRECONDITION
                              .withDescription("the test says: " + e)
                              .asException());
                    }
                  });
        }
        case ANSWER -> answers.add(message.getAnswer());
        case FINISH -> finished.add(true);
        case DATA -> dataBytes.addAndGet(message.getData().size());
        default -> {}
      }
    }

    @Override
    public void onError(Throwable t) {}

    @Override
    public void onCompleted() {}
  }

  private static SiblingQuestion.Builder question(String path) {
    return SiblingQuestion.newBuilder()
        .setPath(ByteString.copyFromUtf8(path))
        .setLength(1 << 20)
        .setLargest(1 << 20);
  }

  @BeforeEach
  void start() throws IOException {
    tree = Files.createDirectory(temp.resolve("tree"));
    Files.createDirectories(tree.resolve("a/b"));
    Files.writeString(tree.resolve("a/b/c.pom"), "contents");
    Files.writeString(tree.resolve("a/secret.key"), "secret");
    Files.writeString(temp.resolve("outside"), "outside");
    Files.createSymbolicLink(tree.resolve("a/link"), Path.of("../../outside"));
    Files.createSymbolicLink(tree.resolve("up"), Path.of(".."));
    Files.createSymbolicLink(tree.resolve("inside"), Path.of("a"));
    server =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .addService(
                new TransferServiceGrpc.TransferServiceImplBase() {
                  @Override
                  public StreamObserver<PackStreamRequest> packStream(
                      StreamObserver<PackStreamResponse> out) {
                    return new Talk(out, part);
                  }
                })
            .build()
            .start();
    client = PackhouseClient.connect("tcp://127.0.0.1:" + server.getPort());
  }

  @AfterEach
  void stop() {
    client.close();
    server.shutdownNow();
  }

  private PackArchiveResponse send(Part does, TreeOptions options) throws Exception {
    return send(does, options, List.of(LocalTree.of(tree)));
  }

  private PackArchiveResponse send(Part does, TreeOptions options, List<LocalTree> trees)
      throws Exception {
    part = does;
    return client
        .transfers()
        .packTrees(
            trees, PackStreamStart.newBuilder().setArchive("x/y").build(), options, moment -> {});
  }

  private static void isAbsent(SiblingAnswer answer) {
    assertThat(answer.getOutcome()).isEqualTo(Outcome.OUTCOME_ABSENT);
    assertThat(answer.getData()).isEmpty();
  }

  @Test
  void whatIsAskedOfTheTreeIsTold() throws Exception {
    byte[] sum =
        MessageDigest.getInstance("SHA-256").digest("contents".getBytes(StandardCharsets.UTF_8));
    Part does =
        talk -> {
          talk.window(1 << 20);
          talk.awaitFinish(); // it answers then, too
          SiblingAnswer whole = talk.told("a/b/c.pom");
          assertThat(whole.getOutcome()).isEqualTo(Outcome.OUTCOME_FILE);
          assertThat(whole.getSize()).isEqualTo(8);
          assertThat(whole.getData().toStringUtf8()).isEqualTo("contents");
          talk.ask(question("a/b/c.pom").setOffset(3).setLength(2));
          assertThat(talk.answer().getData().toStringUtf8()).isEqualTo("te");
          talk.ask(question("a/b/c.pom").setOffset(9));
          assertThat(talk.answer().getData()).isEmpty();
          talk.ask(question("a/b/c.pom").setLargest(7));
          SiblingAnswer large = talk.answer();
          assertThat(large.getSize()).isEqualTo(8);
          assertThat(large.getData()).isEmpty();
          talk.ask(question("a/b/c.pom").setDigest("sha256"));
          assertThat(talk.answer().getData().toByteArray()).isEqualTo(sum);
          isAbsent(talk.told("a/b/none"));
          isAbsent(talk.told("a/b"));
          isAbsent(talk.told("a/b/c.pom/d"));
          isAbsent(talk.told("a/" + "n".repeat(256)));
        };
    assertThat(send(does, TreeOptions.ALL).getFiles()).isEqualTo(7);
  }

  @Test
  void noLinkIsFollowed() throws Exception {
    Part does =
        talk -> {
          talk.window(1 << 20);
          isAbsent(talk.told("a/link"));
          isAbsent(talk.told("up/outside"));
          isAbsent(talk.told("inside/b/c.pom"));
        };
    send(does, TreeOptions.ALL);
  }

  @Test
  void whatIsLeftOutIsWithheldWhetherItIsThereOrNot() throws Exception {
    TreeOptions options =
        TreeOptions.ALL.withFilter(
            new TreeOptions.Filter() {
              @Override
              public boolean excludes(byte[] path, boolean directory) {
                String text = new String(path, StandardCharsets.UTF_8);
                return text.endsWith(".key") || (directory && text.equals("a/b"));
              }

              @Override
              public boolean includes(byte[] path, boolean directory) {
                return new String(path, StandardCharsets.UTF_8).startsWith("a");
              }
            });
    Part does =
        talk -> {
          talk.window(1 << 20);
          for (String path : List.of("a/secret.key", "a/none.key", "a/b/c.pom", "b/x")) {
            SiblingAnswer answer = talk.told(path);
            assertThat(answer.getOutcome()).as(path).isEqualTo(Outcome.OUTCOME_WITHHELD);
            assertThat(answer.getData()).isEmpty();
            assertThat(answer.getSize()).isZero();
          }
          isAbsent(talk.told("a/none"));
        };
    send(does, options);
  }

  @Test
  void treesWithMountsAnswerForTheirOwn() throws Exception {
    Path other = Files.createDirectory(temp.resolve("other"));
    Files.writeString(other.resolve("name"), "other's");
    Part does =
        talk -> {
          talk.window(1 << 20);
          assertThat(talk.told("o/name").getData().toStringUtf8()).isEqualTo("other's");
          assertThat(talk.told("t/a/b/c.pom").getData().toStringUtf8()).isEqualTo("contents");
          isAbsent(talk.told("a/b/c.pom"));
          isAbsent(talk.told("o"));
        };
    send(
        does,
        TreeOptions.ALL,
        List.of(new LocalTree(tree, "t", null), new LocalTree(other, "o", null)));
  }

  @Test
  void namesOfAnyBytesAreFound() throws Exception {
    Files.writeString(tree.resolve("a/Ünï %41 +?"), "odd");
    Part does =
        talk -> {
          talk.window(1 << 20);
          assertThat(talk.told("a/Ünï %41 +?").getData().toStringUtf8()).isEqualTo("odd");
          isAbsent(talk.told("a/\\xff"));
        };
    send(does, TreeOptions.ALL);
  }

  @Test
  void pathsThatLeadOutEndTheCall() throws Exception {
    List<SiblingQuestion.Builder> wrong = new ArrayList<>();
    for (String path :
        List.of(
            "../outside",
            "a/../../outside",
            "../../../../../../../../etc/passwd",
            "/etc/passwd",
            "a//b",
            ".",
            "",
            "a/b/",
            "a/b/c.pom\0")) {
      wrong.add(question(path));
    }
    wrong.add(question("a/b/c.pom").setLength((1 << 20) + 1));
    wrong.add(question("a/b/c.pom").setLength(-1));
    wrong.add(question("a/b/c.pom").setOffset(-1));
    wrong.add(question("a/b/c.pom").setLargest(-1));
    wrong.add(question("a/b/c.pom").setDigest("crc32"));
    wrong.add(question("n/".repeat(40_000) + "n"));
    for (SiblingQuestion.Builder each : wrong) {
      Part does =
          talk -> {
            talk.window(1 << 20);
            talk.ask(each);
            SiblingAnswer answer = talk.answers.poll(20, TimeUnit.SECONDS);
            throw new AssertionError("answered: " + answer);
          };
      assertThatThrownBy(() -> send(does, TreeOptions.ALL))
          .as("%s", each)
          .isInstanceOf(IOException.class)
          .hasMessageContaining("the daemon asks for")
          .hasMessageContaining("nothing more is sent");
    }
  }

  @Test
  void aFloodOfQuestionsEndsTheCall() throws Exception {
    byte[] noise = new byte[4 << 20];
    new Random(1).nextBytes(noise);
    Files.write(tree.resolve("a/large"), noise);
    Part does =
        talk -> {
          talk.window(1 << 20);
          for (int i = 0; i < 200_000; i++) {
            talk.ask(question("a/large").setDigest("sha512").setLargest(Long.MAX_VALUE));
          }
          Thread.sleep(20_000);
        };
    assertThatThrownBy(() -> send(does, TreeOptions.ALL))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("more than 1024 files of the tree at a time");
  }

  @Test
  void noMoreThanTheWindowIsSent() throws Exception {
    byte[] noise = new byte[8 << 20];
    new Random(1).nextBytes(noise);
    Files.write(tree.resolve("a/large"), noise);
    Part does =
        talk -> {
          talk.window(5 << 20);
          // A question comes back behind all that was sent: there is nothing more on its way.
          Thread.sleep(500);
          talk.told("a/b/c.pom");
          assertThat(talk.dataBytes.get()).isBetween(4 << 20, (5 << 20) + (256 << 10));
          talk.window(1 << 30);
          talk.awaitFinish();
          assertThat(talk.dataBytes.get()).isGreaterThan(8 << 20);
        };
    send(does, TreeOptions.ALL);
  }

  /** One that knows nothing of windows says something else first. */
  @Test
  void anOlderDaemonIsSentAll() throws Exception {
    Files.write(tree.resolve("a/large"), new byte[16 << 20]);
    Part does =
        talk -> {
          talk.say(PackStreamResponse.newBuilder().setProgress(Progress.getDefaultInstance()));
          talk.awaitFinish();
        };
    assertThat(send(does, TreeOptions.ALL).getFiles()).isEqualTo(7);
  }

  @Test
  void aDaemonThatFailsAfterTheLastEntryIsHeard() throws Exception {
    Part does =
        talk -> {
          talk.window(1 << 20);
          talk.awaitFinish();
          throw new IOException("it broke");
        };
    assertThatThrownBy(() -> send(does, TreeOptions.ALL)).hasMessageContaining("it broke");
  }
}
