package io.packhouse.server.flight.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.packhouse.sql.StatementPlan;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class PreparedStatementsTest {
  private static final StatementPlan PLAN = new StatementPlan(new byte[100], new byte[0]);

  private final AtomicReference<Instant> now =
      new AtomicReference<>(Instant.parse("2026-06-01T00:00:00Z"));
  private final InstantSource source = now::get;
  private final Clock clock = source.withZone(ZoneOffset.UTC);
  private final PreparedStatements statements = new PreparedStatements(clock);

  private void pass(Duration time) {
    now.set(now.get().plus(time));
  }

  @Test
  void aStatementGoesWhenItWasNotUsedForAnHour() {
    ByteString handle = statements.add("me", "SELECT 1", PLAN);
    pass(Duration.ofMinutes(59));
    assertThat(statements.find(handle, "me").sql()).isEqualTo("SELECT 1");
    pass(Duration.ofMinutes(59));
    statements.bind(handle, "me", new byte[] {1});
    pass(Duration.ofMinutes(59));
    assertThat(statements.find(handle, "me").parameters()).containsExactly(1);
    pass(Duration.ofMinutes(61));
    assertThatThrownBy(() -> statements.find(handle, "me")).hasMessageContaining("NOT_FOUND");
  }

  @Test
  void nobodyElseFindsBindsOrClosesIt() {
    ByteString handle = statements.add("me", "SELECT 1", PLAN);
    assertThatThrownBy(() -> statements.find(handle, "you")).hasMessageContaining("NOT_FOUND");
    assertThatThrownBy(() -> statements.bind(handle, "you", new byte[1]))
        .hasMessageContaining("NOT_FOUND");
    statements.close(handle, "you");
    assertThat(statements.find(handle, "me").parameters()).isEmpty();
  }

  @Test
  void aCallerThatHasItsMostLosesTheOneUsedLeastRecently() {
    ByteString first = statements.add("me", "SELECT 1", PLAN);
    ByteString second = statements.add("me", "SELECT 2", PLAN);
    for (int i = 2; i < PreparedStatements.MAX_OF_A_CALLER; i++) {
      statements.add("me", "SELECT 3", PLAN);
    }
    statements.find(first, "me");
    statements.add("me", "SELECT 4", PLAN);
    assertThat(statements.find(first, "me").sql()).isEqualTo("SELECT 1");
    assertThatThrownBy(() -> statements.find(second, "me")).hasMessageContaining("NOT_FOUND");
  }

  @Test
  void bytesAreBoundedForEachCallerAndForAll() {
    String large = "x".repeat(3 << 20);
    ByteString first = statements.add("me", large, PLAN);
    statements.add("me", large, PLAN);
    statements.add("me", large, PLAN);
    assertThatThrownBy(() -> statements.find(first, "me")).hasMessageContaining("NOT_FOUND");
    Set<ByteString> kept = new HashSet<>();
    assertThatThrownBy(
            () -> {
              for (int i = 0; i < 100; i++) {
                kept.add(statements.add("caller" + i, large, PLAN));
              }
            })
        .hasMessageContaining("RESOURCE_EXHAUSTED");
    assertThat(kept).hasSize(8);
    pass(Duration.ofMinutes(61));
    statements.add("me", large, PLAN);
  }

  @Test
  void aCallerWithoutStatementsIsRefusedWhereAllHaveTheMost() {
    for (int i = 0; i < PreparedStatements.MAX; i++) {
      statements.add("caller" + i % 100, "SELECT 1", PLAN);
    }
    assertThatThrownBy(() -> statements.add("me", "SELECT 1", PLAN))
        .hasMessageContaining("RESOURCE_EXHAUSTED");
  }
}
