package io.packhouse.server.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.packhouse.v1.Priority;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class JobQueueTest {
  private static final long MEMORY = 800;

  private final List<String> started = new ArrayList<>();
  private final JobQueue queue =
      new JobQueue(new JobSettings(Path.of("unused"), MEMORY, 4, 3, Duration.ZERO, 0));
  private long sequence;

  private JobQueue.Ticket add(String owner, long memory, Priority priority, String name)
      throws BusyException {
    return add(owner, memory, 0, priority, name);
  }

  private JobQueue.Ticket add(
      String owner, long memory, long growth, Priority priority, String name) throws BusyException {
    JobQueue.Ticket ticket =
        new JobQueue.Ticket(owner, priority, memory, growth, sequence++, () -> started.add(name));
    queue.add(ticket);
    return ticket;
  }

  /** A job that asks for up to 100 more in all. */
  private JobQueue.Ticket addGrowing(String name) throws BusyException {
    return add("a", 200, 100, Priority.PRIORITY_NORMAL, name);
  }

  private void grow(JobQueue.Ticket ticket, long bytes, String name) {
    queue.grow(ticket, bytes, () -> started.add(name));
  }

  private JobQueue.Ticket add(String owner, long memory, String name) throws BusyException {
    return add(owner, memory, Priority.PRIORITY_NORMAL, name);
  }

  @Test
  void jobsStartWhileThereIsMemory() throws BusyException {
    JobQueue.Ticket first = add("a", 400, "first");
    add("a", 300, "second");
    add("a", 300, "third");
    assertThat(started).containsExactly("first", "second");
    queue.ended(first);
    assertThat(started).containsExactly("first", "second", "third");
    assertThat(queue.memoryTaken()).isEqualTo(600);
  }

  @Test
  void jobsThatMayGrowStartWhileOneOfThemCanHaveAllAndThenTheOthers() throws BusyException {
    JobQueue.Ticket first = addGrowing("first");
    JobQueue.Ticket second = addGrowing("second");
    JobQueue.Ticket third = addGrowing("third");
    addGrowing("fourth");
    assertThat(started).containsExactly("first", "second", "third");
    grow(first, 60, "first grows");
    grow(second, 60, "second grows");
    grow(third, 10, "third grows"); // which would leave 30, and nobody can end with that
    assertThat(started.subList(3, started.size())).containsExactly("first grows");
    grow(first, 40, "first has all");
    assertThat(started.getLast()).isEqualTo("first has all");
    assertThat(queue.memoryTaken()).isEqualTo(700);
    queue.ended(first);
    assertThat(started.subList(5, started.size())).containsExactly("second grows", "third grows");
    queue.ended(second);
    assertThat(started.getLast()).isEqualTo("fourth");
    assertThat(queue.memoryTaken()).isEqualTo(410);
  }

  @Test
  void jobsThatWaitForMoreComeBeforeLargeOnesThatHaveNotBegunAndAreForgottenWhenTheyEnd()
      throws BusyException {
    JobQueue.Ticket first = addGrowing("first");
    JobQueue.Ticket second = addGrowing("second");
    JobQueue.Ticket third = addGrowing("third");
    grow(first, 100, "first has all");
    grow(second, 100, "second has all");
    add("b", 150, "large");
    add("b", 100, "small");
    assertThat(started.subList(3, started.size())).containsExactly("first has all", "small");
    queue.ended(second);
    assertThat(started.getLast()).isEqualTo("large");
    queue.ended(first);
    queue.ended(third);
    assertThat(started).doesNotContain("second has all");
    assertThat(queue.memoryTaken()).isEqualTo(250);
  }

  @Test
  void aJobThatMayComeToNeedMoreThanThereEverIsIsRefusedAtOnce() throws BusyException {
    assertThatThrownBy(() -> add("a", 600, 300, Priority.PRIORITY_NORMAL, "greedy"))
        .isInstanceOfSatisfying(
            BusyException.class, e -> assertThat(e.retryAfter()).isEqualTo(Duration.ZERO))
        .hasMessageContaining("need 900")
        .hasMessageContaining("than 700");
    JobQueue.Ticket ticket = add("a", 600, 100, Priority.PRIORITY_NORMAL, "modest");
    grow(ticket, 60, "some");
    assertThatThrownBy(() -> grow(ticket, 60, "too much"))
        .isInstanceOf(IllegalStateException.class);
    grow(ticket, 40, "all");
    assertThat(started).containsExactly("modest", "some", "all");
  }

  @Test
  void smallJobsDoNotWaitForLargeOnes() throws BusyException {
    add("a", 700, "large");
    add("a", 700, "another large");
    add("b", 100, "small");
    assertThat(started).containsExactly("large", "small");
  }

  @Test
  void largeJobsThatComeLaterDoNotTakeWhatAnEarlierOneWaitsFor() throws BusyException {
    JobQueue.Ticket running = add("a", 400, "running");
    add("a", 700, "waiting");
    add("a", 200, "later");
    assertThat(started).containsExactly("running");
    queue.ended(running);
    assertThat(started).containsExactly("running", "waiting");
  }

  @Test
  void priorityComesFirstThenWhoHasFewestRunningThenOrder() throws BusyException {
    JobQueue.Ticket running = add("a", 700, "running");
    add("a", 700, "a1");
    add("b", 700, "b1");
    add("a", 700, Priority.PRIORITY_LOW, "low");
    JobQueue.Ticket high = add("a", 700, Priority.PRIORITY_HIGH, "high");
    assertThat(queue.position(high)).isZero();
    queue.ended(running);
    assertThat(started).containsExactly("running", "high");
    queue.ended(high);
    // Nobody runs now, so the order of coming decides between a and b.
    assertThat(started).containsExactly("running", "high", "a1");
  }

  @Test
  void theCallerWithFewerRunningJobsComesFirst() throws BusyException {
    add("a", 300, "a1");
    JobQueue.Ticket second = add("a", 300, "a2");
    add("a", 300, "a3");
    add("b", 300, "b1");
    queue.ended(second);
    assertThat(started).containsExactly("a1", "a2", "b1");
  }

  @Test
  void aFullQueueRefusesAndSaysWhenToTryAgain() throws BusyException {
    add("a", 700, "running");
    for (int i = 0; i < 3; i++) {
      add("a", 700, "waiting");
    }
    assertThatThrownBy(() -> add("a", 700, "too many of a"))
        .isInstanceOfSatisfying(
            BusyException.class,
            e -> {
              assertThat(e.subject()).isEqualTo("caller:a");
              assertThat(e.retryAfter()).isPositive();
            })
        .hasMessageContaining("3 jobs of a wait already");
    add("b", 700, "waiting");
    assertThatThrownBy(() -> add("c", 700, "too many"))
        .isInstanceOf(BusyException.class)
        .hasMessageContaining("4 jobs wait");
    assertThat(queue.waitingCount()).isEqualTo(4);
    assertThat(queue.refusedCount()).isEqualTo(2);
  }

  @Test
  void aJobThatCanNeverFitIsRefusedForGood() {
    assertThatThrownBy(() -> add("a", 701, "huge"))
        .isInstanceOfSatisfying(
            BusyException.class, e -> assertThat(e.retryAfter()).isEqualTo(Duration.ZERO))
        .hasMessageContaining("701")
        .hasMessageContaining("700");
  }

  @Test
  void aWaitingJobCanBeTakenBackAndARunningOneCannot() throws BusyException {
    JobQueue.Ticket running = add("a", 700, "running");
    JobQueue.Ticket waiting = add("a", 700, "waiting");
    assertThat(queue.remove(waiting)).isTrue();
    assertThat(queue.remove(running)).isFalse();
    queue.ended(running);
    assertThat(started).containsExactly("running");
    assertThat(queue.memoryTaken()).isZero();
    assertThat(queue.runningCount()).isZero();
  }
}
