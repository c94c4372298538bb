package io.packhouse.server.flight.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.grpc.StatusRuntimeException;
import io.packhouse.server.flight.wire.FlightMessages;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.apache.arrow.flight.impl.Flight.FlightData;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowStreamReader;
import org.junit.jupiter.api.Test;

class ParametersTest {
  private final FlightData schema;
  private final FlightData row;

  ParametersTest() {
    try (BufferAllocator allocator = new RootAllocator();
        VarCharVector text = new VarCharVector("p", allocator);
        VectorSchemaRoot root = VectorSchemaRoot.of(text)) {
      text.setSafe(0, "value".getBytes(StandardCharsets.UTF_8));
      root.setRowCount(1);
      schema = FlightMessages.schema(root.getSchema());
      row = FlightMessages.rows(root);
    }
  }

  @Test
  void whatComesIsAnArrowStream() throws Exception {
    Parameters parameters = new Parameters(1);
    parameters.add(FlightData.getDefaultInstance());
    parameters.add(schema);
    parameters.add(row);
    try (BufferAllocator allocator = new RootAllocator();
        ArrowStreamReader reader =
            new ArrowStreamReader(new ByteArrayInputStream(parameters.finish()), allocator)) {
      assertThat(reader.loadNextBatch()).isTrue();
      assertThat(reader.getVectorSchemaRoot().getVector("p").getObject(0)).hasToString("value");
      assertThat(reader.loadNextBatch()).isFalse();
    }
  }

  @Test
  void whatIsMissingOrTooMuchIsRefused() throws Exception {
    assertThatThrownBy(() -> new Parameters(1).add(row)).hasMessageContaining("before");
    assertThatThrownBy(() -> new Parameters(2).add(schema)).hasMessageContaining("has 2");
    Parameters parameters = new Parameters(1);
    parameters.add(schema);
    assertThatThrownBy(parameters::finish).hasMessageContaining("no row");
    assertThatThrownBy(() -> parameters.add(schema)).hasMessageContaining("two schemas");
    parameters.add(row);
    assertThatThrownBy(() -> parameters.add(row)).hasMessageContaining("2 rows");
    assertThat(new Parameters(0).finish()).isEmpty();
  }

  @Test
  void damagedMessagesAreRefusedOrKeptAsTheyCame() throws Exception {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    for (int i = 0; i < 20_000; i++) {
      Parameters parameters = new Parameters(1);
      try {
        parameters.add(damaged(schema, random));
        parameters.add(damaged(row, random));
      } catch (StatusRuntimeException e) {
        assertThat(e).as("seed %d", seed).hasMessageContaining("INVALID_ARGUMENT");
      }
    }
  }

  private static FlightData damaged(FlightData data, Random random) {
    byte[] header = data.getDataHeader().toByteArray();
    for (int flips = random.nextInt(3); flips > 0; flips--) {
      header[random.nextInt(header.length)] ^= (byte) (1 << random.nextInt(8));
    }
    return data.toBuilder().setDataHeader(ByteString.copyFrom(header)).build();
  }
}
