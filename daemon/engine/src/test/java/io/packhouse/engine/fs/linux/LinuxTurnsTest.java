package io.packhouse.engine.fs.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(OS.LINUX)
class LinuxTurnsTest {

  @Test
  void lengthensTheTurnsOfThisThreadAndGivesThemBack() throws InterruptedException {
    long before = LinuxTurns.nanos();
    assumeTrue(before > 0, "the kernel has no slices of threads, or does not tell");
    try {
      LinuxTurns.set(true);
      assertEquals(TimeUnit.MILLISECONDS.toNanos(100), LinuxTurns.nanos());
      long[] other = new long[1];
      Thread thread = new Thread(() -> other[0] = LinuxTurns.nanos());
      thread.start();
      assertTrue(thread.join(Duration.ofMinutes(1)));
      assertEquals(before, other[0], "of a thread that this one started");
    } finally {
      LinuxTurns.set(false);
    }
    assertEquals(before, LinuxTurns.nanos());
  }
}
