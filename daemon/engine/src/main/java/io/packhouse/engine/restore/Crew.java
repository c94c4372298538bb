package io.packhouse.engine.restore;

import io.packhouse.engine.restore.RestoreException.Reason;
import io.packhouse.engine.threads.Joining;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * The threads that do tasks, in the order in which they are handed in. The queue needs no bound,
 * since the planning thread hands in two windows at most.
 */
final class Crew implements AutoCloseable {
  /** A task, or with none the end of a thread. */
  private record Item(@Nullable Window window, @Nullable Task task) {}

  private final Tally tally;
  private final LinkedBlockingQueue<Item> queue = new LinkedBlockingQueue<>();
  private final List<Thread> threads = new ArrayList<>();

  Crew(Job job) throws IOException {
    this.tally = job.tally();
    List<Worker> workers = new ArrayList<>();
    try {
      for (int i = 0; i < job.options().workers(); i++) {
        workers.add(new Worker(job));
      }
    } catch (Throwable t) {
      for (Worker worker : workers) {
        worker.close();
      }
      throw t;
    }
    for (Worker worker : workers) {
      Thread thread = new Thread(() -> work(worker), "packhouse-restore-" + threads.size());
      thread.setDaemon(true);
      threads.add(thread);
      thread.start();
    }
  }

  void submit(Window window, List<Task> tasks) {
    for (Task task : tasks) {
      queue.add(new Item(window, task));
    }
  }

  private void work(Worker worker) {
    try (worker) {
      while (true) {
        Item item = queue.take();
        Task task = item.task();
        Window window = item.window();
        if (task == null || window == null) {
          return;
        }
        try {
          if (tally.isStopped()) {
            task.abandon();
          } else {
            task.run(worker);
          }
        } catch (Throwable t) {
          // A bug, too, must end the restore and not hang it.
          tally.stop(Reason.ENTRY, t);
        } finally {
          window.taskDone();
        }
      }
    } catch (IOException | InterruptedException e) {
      tally.stop(Reason.ENTRY, e);
    }
  }

  /** Waits for the tasks that were handed in, and ends the threads. */
  @Override
  public void close() {
    for (int i = 0; i < threads.size(); i++) {
      queue.add(new Item(null, null));
    }
    Joining.uninterruptibly(threads, interrupt -> {});
  }
}
