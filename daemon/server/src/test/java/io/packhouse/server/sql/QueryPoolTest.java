package io.packhouse.server.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.Context;
import io.packhouse.sql.SqlException;
import io.packhouse.sql.SqlLimits;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class QueryPoolTest {
  private static final View NOTHING = new View(List.of(), List.of());
  private static final byte[] NONE = {};

  @TempDir Path folder;
  private QueryPool pool;

  @BeforeEach
  void start() {
    pool =
        new QueryPool(
            folder,
            new SqlSettings(3, 4, 512L << 20, 64 << 20, 1L << 30, Duration.ofMinutes(1), 1L << 30));
  }

  @AfterEach
  void close() {
    pool.close();
  }

  private QueryPool.Lease acquire(String caller) throws IOException {
    return pool.acquire(caller, NOTHING, Duration.ofSeconds(10), Context.ROOT);
  }

  private void ask(String caller, String sql, Duration time) throws IOException {
    try (QueryPool.Lease lease = acquire(caller);
        InputStream result =
            lease.process().query(sql, NONE, new SqlLimits(time, Long.MAX_VALUE, 1 << 20))) {
      result.readAllBytes();
    }
  }

  @Test
  void whoComputesForLongIsInTheBackgroundAndNobodyElse() throws Exception {
    ask("hasty", "SELECT 1", Duration.ofSeconds(10));
    assertThatThrownBy(
            () ->
                ask(
                    "heavy",
                    "SELECT sum(sin(i)) FROM range(10000000000) t(i)",
                    Duration.ofSeconds(4)))
        .isInstanceOf(SqlException.class);
    try (QueryPool.Lease heavy = acquire("heavy");
        QueryPool.Lease hasty = acquire("hasty")) {
      assertThat(heavy.process().isInBackground()).isTrue();
      assertThat(hasty.process().isInBackground()).isFalse();
    }
    // A process that was sent there is none for who asks little.
    try (QueryPool.Lease one = acquire("hasty");
        QueryPool.Lease two = acquire("hasty")) {
      assertThat(one.process().isInBackground()).isFalse();
      assertThat(two.process().isInBackground()).isFalse();
    }
  }

  @Test
  void whoEndsItsProcessIsInTheBackgroundToo() throws Exception {
    try (QueryPool.Lease lease = acquire("bomber")) {
      ProcessHandle process = ProcessHandle.of(lease.process().pid()).orElseThrow();
      assertThat(process.destroyForcibly()).isTrue();
      process.onExit().get();
    }
    try (QueryPool.Lease lease = acquire("bomber")) {
      assertThat(lease.process().isInBackground()).isTrue();
    }
  }

  @Test
  void whatWasUsedLastIsUsedAgainAndHasThePlans() throws Exception {
    long first;
    try (QueryPool.Lease one = acquire("a");
        QueryPool.Lease two = acquire("b")) {
      assertThat(two.process().pid()).isNotEqualTo(one.process().pid());
      first = one.process().pid();
    }
    for (int i = 0; i < 3; i++) {
      try (QueryPool.Lease again = acquire("c")) {
        assertThat(again.process().pid()).isEqualTo(first);
      }
    }
  }
}
