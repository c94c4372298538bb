package io.packhouse.sql.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.packhouse.sql.SqlException;
import java.io.ByteArrayOutputStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.util.function.Consumer;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.DateDayVector;
import org.apache.arrow.vector.DateMilliVector;
import org.apache.arrow.vector.DecimalVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.LargeVarCharVector;
import org.apache.arrow.vector.NullVector;
import org.apache.arrow.vector.TimeMicroVector;
import org.apache.arrow.vector.TimeMilliVector;
import org.apache.arrow.vector.TimeStampMicroTZVector;
import org.apache.arrow.vector.TimeStampMicroVector;
import org.apache.arrow.vector.TimeStampMilliTZVector;
import org.apache.arrow.vector.TimeStampNanoTZVector;
import org.apache.arrow.vector.TimeStampSecTZVector;
import org.apache.arrow.vector.UInt1Vector;
import org.apache.arrow.vector.UInt2Vector;
import org.apache.arrow.vector.UInt4Vector;
import org.apache.arrow.vector.UInt8Vector;
import org.apache.arrow.vector.VarBinaryVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ViewVarCharVector;
import org.apache.arrow.vector.ipc.ArrowStreamWriter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The types that clients send for what people give them. */
class ParametersTest {
  private static final byte[] TEXT = "text".getBytes(StandardCharsets.UTF_8);
  private static final long SECONDS = 981_173_106;

  private final BufferAllocator allocator = new RootAllocator();

  @AfterEach
  void nothingIsLeft() {
    allocator.close();
  }

  /** What DuckDB makes of a value. */
  private <V extends FieldVector> String bound(V vector, String as, Consumer<V> set)
      throws Exception {
    ByteArrayOutputStream stream = new ByteArrayOutputStream();
    try (VectorSchemaRoot root = VectorSchemaRoot.of(vector);
        ArrowStreamWriter writer = new ArrowStreamWriter(root, null, stream)) {
      set.accept(vector);
      root.setRowCount(1);
      writer.writeBatch();
      writer.end();
    }
    try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
        PreparedStatement statement = connection.prepareStatement("SELECT CAST(? AS " + as + ")")) {
      Parameters.read(stream.toByteArray(), allocator).bind(statement);
      try (ResultSet rows = statement.executeQuery()) {
        assertThat(rows.next()).isTrue();
        return rows.getString(1);
      }
    }
  }

  @Test
  void timesAreInUtc() throws Exception {
    String type = "TIMESTAMP";
    String time = "2001-02-03 04:05:06";
    String zone = "Asia/Kolkata";
    assertThat(
            bound(new TimeStampSecTZVector("p", allocator, zone), type, v -> v.setSafe(0, SECONDS)))
        .startsWith(time);
    assertThat(
            bound(
                new TimeStampMilliTZVector("p", allocator, zone),
                type,
                v -> v.setSafe(0, SECONDS * 1_000)))
        .startsWith(time);
    assertThat(
            bound(
                new TimeStampMicroTZVector("p", allocator, zone),
                type,
                v -> v.setSafe(0, SECONDS * 1_000_000 + 7)))
        .isEqualTo(time + ".000007");
    assertThat(
            bound(
                new TimeStampNanoTZVector("p", allocator, zone),
                type,
                v -> v.setSafe(0, SECONDS * 1_000_000_000)))
        .startsWith(time);
    assertThat(bound(new TimeStampMicroVector("p", allocator), type, v -> v.setSafe(0, -1)))
        .isEqualTo("1969-12-31 23:59:59.999999");
    assertThat(bound(new DateDayVector("p", allocator), "DATE", v -> v.setSafe(0, -1)))
        .isEqualTo("1969-12-31");
    assertThat(bound(new DateMilliVector("p", allocator), "DATE", v -> v.setSafe(0, 86_400_000)))
        .isEqualTo("1970-01-02");
  }

  @Test
  void numbersHaveNoSignWhereTheyHaveNone() throws Exception {
    assertThat(bound(new UInt1Vector("p", allocator), "BIGINT", v -> v.setSafe(0, 200)))
        .isEqualTo("200");
    assertThat(bound(new UInt2Vector("p", allocator), "BIGINT", v -> v.setSafe(0, 60_000)))
        .isEqualTo("60000");
    assertThat(bound(new UInt4Vector("p", allocator), "BIGINT", v -> v.setSafe(0, -1)))
        .isEqualTo("4294967295");
    assertThat(bound(new UInt8Vector("p", allocator), "UBIGINT", v -> v.setSafe(0, -1)))
        .isEqualTo("18446744073709551615");
    assertThat(bound(new IntVector("p", allocator), "INTEGER", v -> v.setSafe(0, -5)))
        .isEqualTo("-5");
    assertThat(bound(new BigIntVector("p", allocator), "BIGINT", v -> v.setSafe(0, Long.MIN_VALUE)))
        .isEqualTo(String.valueOf(Long.MIN_VALUE));
    assertThat(bound(new Float8Vector("p", allocator), "DOUBLE", v -> v.setSafe(0, 2.5)))
        .isEqualTo("2.5");
    assertThat(
            bound(
                new DecimalVector("p", allocator, 10, 2),
                "DECIMAL(10, 2)",
                v -> v.setSafe(0, new BigDecimal("-1.25"))))
        .isEqualTo("-1.25");
    assertThat(bound(new BitVector("p", allocator), "BOOLEAN", v -> v.setSafe(0, 1)))
        .isEqualTo("true");
  }

  @Test
  void textsOfEveryLayoutAreTakenAndNulls() throws Exception {
    assertThat(bound(new VarCharVector("p", allocator), "VARCHAR", v -> v.setSafe(0, TEXT)))
        .isEqualTo("text");
    assertThat(bound(new LargeVarCharVector("p", allocator), "VARCHAR", v -> v.setSafe(0, TEXT)))
        .isEqualTo("text");
    assertThat(bound(new ViewVarCharVector("p", allocator), "VARCHAR", v -> v.setSafe(0, TEXT)))
        .isEqualTo("text");
    assertThat(bound(new VarBinaryVector("p", allocator), "BLOB", v -> v.setSafe(0, TEXT)))
        .isEqualTo("text");
    assertThat(bound(new NullVector("p"), "VARCHAR", v -> {})).isNull();
    assertThat(bound(new BigIntVector("p", allocator), "BIGINT", v -> v.setNull(0))).isNull();
  }

  @Test
  void timesOfDayAreRefused() {
    assertThatThrownBy(
            () -> bound(new TimeMicroVector("p", allocator), "TIME", v -> v.setSafe(0, 1L)))
        .isInstanceOf(SqlException.class)
        .hasMessageContaining("p is of type Time");
    assertThatThrownBy(
            () -> bound(new TimeMilliVector("p", allocator), "TIME", v -> v.setSafe(0, 1)))
        .isInstanceOf(SqlException.class);
  }
}
