package io.packhouse.engine.restore;

import java.io.IOException;

/** Work of one worker. Notes failures of entries in the tally itself. */
interface Task {

  /**
   * Does the work.
   *
   * @throws IOException only where no entry is to blame; the restore then stops
   * @throws InterruptedException never in practice: workers are not interrupted
   */
  void run(Worker worker) throws IOException, InterruptedException;

  /** Called instead of {@link #run} once the restore has stopped. */
  void abandon();
}
