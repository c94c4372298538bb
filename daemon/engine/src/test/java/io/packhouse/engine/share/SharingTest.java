package io.packhouse.engine.share;

import static org.assertj.core.api.Assertions.assertThat;

import io.packhouse.engine.memory.MemoryGrants;
import io.packhouse.engine.memory.SlotPool;
import io.packhouse.engine.memory.WarmPool;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SharingTest {
  private static final int LENGTH = 1 << 16;
  private static final SharingOptions OPTIONS =
      new SharingOptions(SharingOptions.Mode.ON, SharingOptions.LEAST_MEMORY);

  private final SlotPool slots =
      new SlotPool(
          4,
          OPTIONS.windowSlots(LENGTH + 4096),
          LENGTH + 4096,
          new WarmPool(0),
          (length, arena) -> arena.allocate(length, 4096),
          MemoryGrants.UNLIMITED);
  private final WarmPool tables = new WarmPool(0);
  private final Sharing sharing = new Sharing(OPTIONS, slots, tables);
  private final AnchorScanner scanner = new AnchorScanner();

  /** What was stored, by blob: one a call. */
  private final List<byte[]> blobs = new ArrayList<>();

  @AfterEach
  void nothingIsHeld() {
    sharing.close();
    assertThat(tables.lentCount()).isZero();
    assertThat(slots.takenCount()).isZero();
    slots.close();
  }

  /** Shares one file as an item of its own, and returns its bytes put together again. */
  private byte[] share(byte[] contents, int least) throws Exception {
    int slot = slots.take();
    MemorySegment segment = slots.segment(slot);
    MemorySegment.copy(MemorySegment.ofArray(contents), 0, segment, 16, contents.length);
    Anchors anchors = sharing.takeAnchors();
    scanner.scan(segment, 16, 16 + contents.length, anchors);
    PartList parts = sharing.parts(slot);
    sharing.share(
        new byte[] {'x'},
        16,
        16 + contents.length,
        anchors,
        0,
        anchors.count(),
        least,
        least,
        (offset, length) -> {
          byte[] stored = new byte[length];
          MemorySegment.copy(segment, offset, MemorySegment.ofArray(stored), 0, length);
          sharing.stored(offset, length, blobs.size(), 0);
          blobs.add(stored);
        });
    ByteBuffer restored = ByteBuffer.allocate(contents.length);
    for (int part = 0; part < parts.count(); part++) {
      restored.put(blobs.get(parts.blob(part)), parts.offset(part), parts.length(part));
    }
    sharing.endItem();
    sharing.give(anchors);
    slots.release(slot);
    return restored.array();
  }

  private static byte[] random(long seed, int length) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  @Test
  void everyFileComesBackWhateverItIsMadeOf() throws Exception {
    long seed = new Random().nextLong();
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    byte[] contents = random(seed, 20_000);
    for (int i = 0; i < 400; i++) {
      int from = random.nextInt(contents.length - 2_000);
      int to = random.nextInt(contents.length - 2_000);
      switch (random.nextInt(4)) {
        case 0 -> System.arraycopy(contents, from, contents, to, random.nextInt(2_000));
        case 1 -> contents[from]++;
        case 2 -> java.util.Arrays.fill(contents, from, from + 900, (byte) random.nextInt(3));
        default -> System.arraycopy(random(i, 500), 0, contents, to, 500);
      }
      assertThat(share(contents, 1 + random.nextInt(300))).isEqualTo(contents);
    }
    assertThat(sharing.sharedBytes()).isGreaterThan(sharing.lookedAtBytes() / 2);
  }

  @Test
  void aMatchReachesAsFarAsBytesAreEqual() throws Exception {
    byte[] one = random(1, 30_000);
    byte[] other = random(2, 30_000);
    System.arraycopy(one, 1_000, other, 5_003, 20_000);
    other[5_002] = (byte) ~one[999];
    other[25_003] = (byte) ~one[21_000];
    share(one, 256);
    blobs.clear();
    blobs.add(one);

    assertThat(share(other, 256)).isEqualTo(other);

    assertThat(sharing.sharedBytes()).isEqualTo(20_000);
    assertThat(blobs.stream().skip(1).map(blob -> blob.length)).containsExactly(5_003, 4_997);
  }

  @Test
  void aMatchThatIsTooShortIsNone() throws Exception {
    byte[] one = random(1, 30_000);
    byte[] other = random(2, 30_000);
    System.arraycopy(one, 1_000, other, 5_003, 2_000);
    share(one, 2_500);
    share(other, 2_500);

    assertThat(sharing.sharedBytes()).isZero();
  }

  @Test
  void whatHasLeftTheWindowIsNotShared() throws Exception {
    byte[] one = random(1, 30_000);
    share(one, 256);
    int capacity = OPTIONS.windowSlots(slots.slotLength());
    for (int i = 0; i < capacity - 2; i++) {
      share(random(100 + i, 2_000), 256);
    }
    share(one, 256);
    long shared = sharing.sharedBytes();
    assertThat(shared).isEqualTo(30_000);
    for (int i = 0; i < capacity; i++) {
      share(random(1_000 + i, 2_000), 256);
    }
    share(one, 256);

    assertThat(sharing.sharedBytes()).isEqualTo(shared);
  }

  @Test
  void anchorsAreWhereTheBytesAre() {
    try (Arena arena = Arena.ofConfined()) {
      byte[] contents = random(7, 200_000);
      MemorySegment slot = arena.allocate(LENGTH * 4L);
      MemorySegment.copy(MemorySegment.ofArray(contents), 0, slot, 0, contents.length);
      Anchors anchors = new Anchors();

      scanner.scan(slot, 3, contents.length, anchors);

      List<Integer> expected = new ArrayList<>();
      int next = 3;
      for (int at = 3; at + AnchorScanner.WINDOW <= contents.length; at++) {
        if (at >= next && (contents[at] == 0x7A || contents[at] == 0x7B)) {
          expected.add(at);
          next = at + AnchorScanner.LEAST_GAP;
        }
      }
      List<Integer> found = new ArrayList<>();
      for (int i = 0; i < anchors.count(); i++) {
        found.add(anchors.positions[i]);
      }
      assertThat(found).isEqualTo(expected).hasSizeGreaterThan(1_000);
    }
  }
}
