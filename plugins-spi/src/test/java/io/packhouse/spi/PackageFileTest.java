package io.packhouse.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.SeekableByteChannel;
import org.junit.jupiter.api.Test;

class PackageFileTest {

  private final PackageFile file =
      PackageFile.of("dir/name", ByteBuffer.wrap(new byte[] {9, 1, 2, 3, 4, 9}, 1, 4));

  @Test
  void readsTheBytesBetweenPositionAndLimit() throws Exception {
    assertThat(file.fileName()).isEqualTo("name");
    assertThat(file.size()).isEqualTo(4);
    ByteBuffer target = ByteBuffer.allocate(3);
    assertThat(file.read(2, target)).isEqualTo(2);
    assertThat(target.array()).containsExactly(3, 4, 0);
    assertThat(file.read(4, target)).isEqualTo(-1);
    assertThat(file.slice(1, 2).get(0)).isEqualTo((byte) 2);
    assertThat(file.slice(4, 0).remaining()).isZero();
  }

  @Test
  void slicesOutsideTheFileAreRefused() {
    for (long position : new long[] {-1, 3, 5, Long.MAX_VALUE}) {
      assertThatExceptionOfType(IndexOutOfBoundsException.class)
          .isThrownBy(() -> file.slice(position, 2));
    }
    assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> file.slice(0, -1));
  }

  @Test
  void slicesCannotBeWritten() throws Exception {
    ByteBuffer slice = file.slice(0, 4);
    assertThatExceptionOfType(ReadOnlyBufferException.class)
        .isThrownBy(() -> slice.put(0, (byte) 1));
  }

  @Test
  void channelSeeksAndReadsButDoesNotWrite() throws Exception {
    SeekableByteChannel channel = file.channel();
    ByteBuffer target = ByteBuffer.allocate(8);
    assertThat(channel.position(3).read(target)).isEqualTo(1);
    assertThat(channel.position()).isEqualTo(4);
    assertThat(channel.read(target)).isEqualTo(-1);
    assertThat(channel.position(100).read(target)).isEqualTo(-1);
    assertThatExceptionOfType(NonWritableChannelException.class)
        .isThrownBy(() -> channel.write(target));
    channel.close();
    assertThat(channel.isOpen()).isFalse();
    assertThatExceptionOfType(ClosedChannelException.class).isThrownBy(() -> channel.read(target));
  }
}
