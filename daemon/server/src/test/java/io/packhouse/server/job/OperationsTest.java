package io.packhouse.server.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.longrunning.Operation;
import com.google.protobuf.Message;
import com.google.protobuf.StringValue;
import com.google.rpc.Code;
import io.packhouse.server.access.Caller;
import io.packhouse.server.access.Role;
import io.packhouse.server.grpc.Failures;
import io.packhouse.v1.OperationMetadata;
import io.packhouse.v1.Priority;
import io.packhouse.v1.Progress;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class OperationsTest {
  private static final Caller ANN = new Caller("uid:1", Role.PACK, Set.of());
  private static final Caller BOB = new Caller("uid:2", Role.PACK, Set.of());
  private static final Caller ADMIN = new Caller("uid:0", Role.ADMIN, Set.of());

  @TempDir Path folder;

  /** Archives beside which was swept. */
  private final List<String> swept = new ArrayList<>();

  private @Nullable Operations open;

  @AfterEach
  void close() {
    if (open != null) {
      open.close();
    }
  }

  private Operations operations() throws IOException {
    open = new Operations(JobSettings.in(folder), Failures::toRpcStatus, swept::add);
    return open;
  }

  private interface Work {
    Message run(JobContext context) throws Exception;
  }

  private static Job job(long memory, Work work) {
    return new Job() {
      @Override
      public String verb() {
        return "pack";
      }

      @Override
      public String archive() {
        return "folder/a.pkh";
      }

      @Override
      public long memoryBytes() {
        return memory;
      }

      @Override
      public Message run(JobContext context) throws Exception {
        return work.run(context);
      }
    };
  }

  private static Job job(Work work) {
    return job(1, work);
  }

  /** Runs until it is cancelled, and counts down when it has begun. */
  private static Job endless(CountDownLatch begun) {
    return job(
        context -> {
          CountDownLatch cancelled = new CountDownLatch(1);
          context.onCancel(cancelled::countDown);
          begun.countDown();
          cancelled.await();
          throw new IOException("cut off");
        });
  }

  private static Operation submit(Operations operations, Caller caller, String id, Job job)
      throws Exception {
    return operations.submit(caller, id, StringValue.of("request"), Priority.PRIORITY_NORMAL, job);
  }

  private static Operation end(Operations operations, Operation operation) throws Exception {
    return Objects.requireNonNull(operations.ending(ADMIN, operation.getName()))
        .get(10, TimeUnit.SECONDS);
  }

  private static OperationMetadata metadata(Operation operation) throws IOException {
    return operation.getMetadata().unpack(OperationMetadata.class);
  }

  @Test
  void aJobsResponseAndProgressAreTheOperations() throws Exception {
    Operations operations = operations();
    Operation operation =
        submit(
            operations,
            ANN,
            "",
            job(
                context -> {
                  context.progress(Progress.newBuilder().setBytesDone(7).build());
                  return StringValue.of("made");
                }));
    Operation end = end(operations, operation);
    assertThat(end.getResponse().unpack(StringValue.class).getValue()).isEqualTo("made");
    OperationMetadata metadata = metadata(end);
    assertThat(metadata.getOwner()).isEqualTo("uid:1");
    assertThat(metadata.getVerb()).isEqualTo("pack");
    assertThat(metadata.getProgress().getBytesDone()).isEqualTo(7);
    assertThat(metadata.getProgress().getStage()).isEqualTo(Progress.Stage.STAGE_DONE);
    assertThat(metadata.hasStartTime() && metadata.hasEndTime()).isTrue();
  }

  @Test
  void operationsThatEndedKeepNothingOfTheirJobs() throws Exception {
    Operations operations = operations();
    WeakReference<Job> done = new WeakReference<>(job(context -> StringValue.of("done")));
    Operation operation = submit(operations, ANN, "", Objects.requireNonNull(done.get()));
    end(operations, operation);
    for (int i = 0; i < 100 && done.get() != null; i++) {
      System.gc();
      Thread.sleep(20);
    }
    assertThat(done.get()).isNull();
    assertThat(operations.get(ANN, operation.getName())).isNotNull();
  }

  @Test
  void whatAJobThrowsIsTheOperationsError() throws Exception {
    Operations operations = operations();
    Operation operation =
        submit(
            operations,
            ANN,
            "",
            job(
                context -> {
                  throw new IllegalArgumentException("no such level: 99");
                }));
    Operation end = end(operations, operation);
    assertThat(end.getError().getCode()).isEqualTo(Code.INVALID_ARGUMENT_VALUE);
    assertThat(end.getError().getMessage()).isEqualTo("no such level: 99");
  }

  @Test
  void theSameRequestIdAndRequestGiveTheSameOperation() throws Exception {
    Operations operations = operations();
    Operation first = submit(operations, ANN, "id", job(context -> StringValue.of("made")));
    Operation again =
        submit(
            operations,
            ANN,
            "id",
            job(
                context -> {
                  throw new IOException("must not run");
                }));
    assertThat(again.getName()).isEqualTo(first.getName());
    Operation other = submit(operations, BOB, "id", job(context -> StringValue.of("made")));
    assertThat(other.getName()).isNotEqualTo(first.getName());
    assertThatThrownBy(
            () ->
                operations.submit(
                    ANN,
                    "id",
                    StringValue.of("another request"),
                    Priority.PRIORITY_NORMAL,
                    job(context -> StringValue.of("made"))))
        .isInstanceOf(JobRefusedException.class)
        .hasMessageContaining(first.getName());
  }

  @Test
  void operationsOfOthersDoNotExistButForAdministrators() throws Exception {
    Operations operations = operations();
    CountDownLatch begun = new CountDownLatch(1);
    String name = submit(operations, ANN, "", endless(begun)).getName();
    begun.await();
    assertThat(operations.get(BOB, name)).isNull();
    assertThat(operations.list(BOB)).isEmpty();
    assertThat(operations.cancel(BOB, name)).isFalse();
    assertThat(operations.delete(BOB, name)).isFalse();
    assertThat(operations.ending(BOB, name)).isNull();
    assertThat(operations.list(ADMIN)).hasSize(1);
    assertThat(operations.cancel(ADMIN, name)).isTrue();
  }

  @Test
  void aCancelledJobEndsAsCancelled() throws Exception {
    Operations operations = operations();
    CountDownLatch begun = new CountDownLatch(1);
    Operation operation = submit(operations, ANN, "", endless(begun));
    begun.await();
    assertThat(operations.cancel(ANN, operation.getName())).isTrue();
    Operation end = end(operations, operation);
    assertThat(end.getError().getCode()).isEqualTo(Code.CANCELLED_VALUE);
    assertThat(metadata(end).getCancelRequested()).isTrue();
    assertThat(operations.counts().cancelled()).isEqualTo(1);
  }

  @Test
  void aJobThatIsCancelledWhileItWaitsNeverRuns() throws Exception {
    Operations operations = operations();
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    long memory = JobSettings.DEFAULT_MEMORY_BYTES / 2;
    submit(
        operations,
        ANN,
        "",
        job(
            memory,
            context -> {
              begun.countDown();
              release.await();
              return StringValue.of("made");
            }));
    begun.await();
    boolean[] ran = {false};
    Operation waiting =
        submit(
            operations,
            ANN,
            "",
            job(
                memory,
                context -> {
                  ran[0] = true;
                  return StringValue.of("made");
                }));
    assertThat(metadata(waiting).getProgress().getStage()).isEqualTo(Progress.Stage.STAGE_QUEUED);
    operations.cancel(ANN, waiting.getName());
    assertThat(end(operations, waiting).getError().getCode()).isEqualTo(Code.CANCELLED_VALUE);
    release.countDown();
    assertThat(ran[0]).isFalse();
  }

  @Test
  void operationsSurviveARestart() throws Exception {
    Operations before = operations();
    Operation operation = submit(before, ANN, "id", job(context -> StringValue.of("made")));
    end(before, operation);
    before.close();
    Operations after = operations();
    Operation kept = Objects.requireNonNull(after.get(ANN, operation.getName()));
    assertThat(kept.getResponse().unpack(StringValue.class).getValue()).isEqualTo("made");
    assertThat(submit(after, ANN, "id", job(context -> StringValue.of("again"))).getName())
        .isEqualTo(operation.getName());
  }

  @Test
  void anOperationThatWasCutOffEndsAsAbortedAndWhatItLeftIsSwept() throws Exception {
    OperationStore store = new OperationStore(folder);
    // What it writes was a path once; and what writes no archive leaves nothing beside one.
    for (String output : List.of("folder/a.pkh", "/srv/folder/a.pkh", "")) {
      LiveOperation cut =
          new LiveOperation(
              output.length() + "ff",
              OperationMetadata.newBuilder().setOwner("uid:1").setArchive("folder/a.pkh").build(),
              com.google.protobuf.Any.pack(StringValue.of("request")),
              output);
      store.save(cut.id(), cut.stored());
    }
    store.close();
    Operations operations = operations();
    Operation kept = Objects.requireNonNull(operations.get(ANN, "operations/12ff"));
    assertThat(kept.getDone()).isTrue();
    assertThat(kept.getError().getCode()).isEqualTo(Code.ABORTED_VALUE);
    assertThat(swept).containsExactly("folder/a.pkh", "folder/a.pkh");
  }

  @Test
  void anEndThatWasHalfWrittenIsNone() throws Exception {
    Operations before = operations();
    Operation operation = submit(before, ANN, "", job(context -> StringValue.of("made")));
    end(before, operation);
    before.close();
    Path file = files().getLast();
    byte[] whole = Files.readAllBytes(file);
    // The end is longer than what was accepted: less than half of the file is not the end's.
    for (int cut = whole.length - 1; cut > whole.length / 2; cut -= 7) {
      for (Path each : files()) {
        Files.delete(each);
      }
      Files.write(file, Arrays.copyOf(whole, cut));
      Operations after = operations();
      Operation kept = Objects.requireNonNull(after.get(ANN, operation.getName()));
      assertThat(kept.getError().getCode()).isEqualTo(Code.ABORTED_VALUE);
      after.close();
      Operations again = operations();
      assertThat(again.get(ANN, operation.getName())).isEqualTo(kept);
      again.close();
    }
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve("operations"))) {
      return files.sorted().toList();
    }
  }

  @Test
  void whatIsNoRecordIsLeftOut() throws Exception {
    Path damaged =
        Files.createDirectories(folder.resolve("operations")).resolve("0000000000000000.log");
    Files.write(damaged, new byte[] {0, 0, 0, 2, 0x7f, 0x7f, 0x7f, 0, 0});
    assertThat(operations().list(ADMIN)).isEmpty();
  }

  @Test
  void theLogStaysShortAndLosesNothing() throws Exception {
    long fileBytes = 2_000;
    OperationStore store = new OperationStore(folder, fileBytes);
    assertThat(store.load()).isEmpty();
    OperationStore.Stored old = stored("old");
    store.save("old", old);
    for (int i = 0; i < 1_000; i++) {
      store.save("id" + i, stored("accepted"));
      store.save("id" + i, stored("ended" + i));
      if (i >= 3) {
        store.delete("id" + (i - 3));
      }
    }
    store.close();
    long bytes = 0;
    for (Path file : files()) {
      bytes += Files.size(file);
    }
    assertThat(bytes).isLessThan(4 * fileBytes);
    for (int restart = 0; restart < 3; restart++) {
      OperationStore again = new OperationStore(folder, fileBytes);
      assertThat(again.load())
          .containsOnlyKeys("old", "id997", "id998", "id999")
          .containsEntry("old", old)
          .containsEntry("id999", stored("ended999"));
      again.save("id999", stored("ended999"));
      again.close();
    }
  }

  private static OperationStore.Stored stored(String request) {
    return new OperationStore.Stored(
        Operation.newBuilder().setName(request).build(),
        com.google.protobuf.Any.pack(StringValue.of(request)),
        "");
  }

  @Test
  void aDeletedOperationIsForgottenAlsoByTheDisk() throws Exception {
    Operations operations = operations();
    Operation operation = submit(operations, ANN, "id", job(context -> StringValue.of("made")));
    end(operations, operation);
    assertThat(operations.delete(ANN, operation.getName())).isTrue();
    assertThat(operations.get(ANN, operation.getName())).isNull();
    operations.close();
    assertThat(operations().list(ADMIN)).isEmpty();
  }

  @Test
  void theOldestAreForgottenFirst() throws Exception {
    JobSettings few =
        new JobSettings(folder, JobSettings.DEFAULT_MEMORY_BYTES, 8, 8, Duration.ofDays(1), 2);
    Operations operations = new Operations(few, Failures::toRpcStatus, _ -> {});
    open = operations;
    String[] names = new String[4];
    for (int i = 0; i < names.length; i++) {
      Operation operation = submit(operations, ANN, "", job(context -> StringValue.of("made")));
      end(operations, operation);
      names[i] = operation.getName();
    }
    operations.close();
    assertThat(operations.list(ANN).stream().map(Operation::getName))
        .containsExactlyInAnyOrder(names[2], names[3]);
  }

  @Test
  void aDrainWaitsForJobsAndCancelsWhatIsNotDoneInTime() throws Exception {
    Operations operations = operations();
    CountDownLatch begun = new CountDownLatch(1);
    Operation operation = submit(operations, ANN, "", endless(begun));
    begun.await();
    assertThat(operations.drain(Duration.ofMillis(20))).isEqualTo(1);
    assertThat(end(operations, operation).getError().getCode()).isEqualTo(Code.CANCELLED_VALUE);
    assertThatThrownBy(() -> submit(operations, ANN, "", job(context -> StringValue.of("made"))))
        .isInstanceOf(JobRefusedException.class)
        .hasMessageContaining("no more work");
  }
}
