package io.packhouse.server.flight.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.packhouse.server.flight.wire.FlightMessages;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.apache.arrow.flight.impl.Flight.FlightData;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowStreamWriter;
import org.junit.jupiter.api.Test;

class MessageStreamTest {
  private static byte[] stream() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (BufferAllocator allocator = new RootAllocator();
        IntVector numbers = new IntVector("n", allocator);
        VectorSchemaRoot root = VectorSchemaRoot.of(numbers);
        ArrowStreamWriter writer = new ArrowStreamWriter(root, null, Channels.newChannel(bytes))) {
      for (int i = 0; i < 100; i++) {
        numbers.setSafe(i, i);
      }
      root.setRowCount(100);
      writer.writeBatch();
      writer.writeBatch();
      writer.end();
    }
    return bytes.toByteArray();
  }

  private static List<FlightData> read(byte[] bytes) throws IOException {
    MessageStream messages = new MessageStream(new ByteArrayInputStream(bytes));
    List<FlightData> all = new ArrayList<>();
    for (FlightData data = messages.next(); data != null; data = messages.next()) {
      all.add(data);
    }
    return all;
  }

  @Test
  void messagesComeAsTheyAre() throws Exception {
    List<FlightData> all = read(stream());
    assertThat(all).hasSize(3);
    assertThat(FlightMessages.parseSchema(all.getFirst().getDataHeader().asReadOnlyByteBuffer()))
        .hasToString("Schema<n: Int(32, true)>");
    assertThat(all.get(1)).isEqualTo(all.get(2));
    assertThat(all.get(1).getDataBody().size()).isGreaterThanOrEqualTo(400);
  }

  @Test
  void cutAnywhereAStreamIsNoWholeResult() throws Exception {
    byte[] whole = stream();
    for (int length = 0; length < whole.length; length++) {
      byte[] cut = Arrays.copyOf(whole, length);
      assertThatThrownBy(() -> read(cut)).as("cut at %d", length).isInstanceOf(IOException.class);
    }
    assertThatThrownBy(() -> read(Arrays.copyOf(whole, whole.length + 1)))
        .hasMessageContaining("goes on");
  }

  @Test
  void damagedStreamsAreRefusedOrReadWithinTheirLength() throws Exception {
    byte[] whole = stream();
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    for (int i = 0; i < 20_000; i++) {
      byte[] damaged = whole.clone();
      damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
      try {
        read(damaged);
      } catch (IOException e) {
        assertThat(e).as("seed %d", seed).hasMessageContaining(" ");
      }
    }
  }

  @Test
  void longMetadataIsRefusedBeforeThereIsMemoryForIt() {
    byte[] head =
        ByteBuffer.allocate(8)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putInt(-1)
            .putInt(Integer.MAX_VALUE)
            .array();
    assertThatThrownBy(() -> read(head)).hasMessageContaining("no Arrow stream");
  }
}
