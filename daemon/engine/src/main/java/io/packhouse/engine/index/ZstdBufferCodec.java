package io.packhouse.engine.index;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import java.nio.ByteBuffer;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.compression.AbstractCompressionCodec;
import org.apache.arrow.vector.compression.CompressionUtil;

/**
 * Arrow's zstd body compression with one reused context; only compresses. One thread at a time.
 *
 * <p>Arrow's own codec makes a context a buffer, of which a batch has over a hundred.
 */
final class ZstdBufferCodec extends AbstractCompressionCodec implements AutoCloseable {
  /** Digests and numbers gain nothing from higher levels; paths a little. */
  private static final int LEVEL = 3;

  private final ZstdCompressCtx context = new ZstdCompressCtx().setLevel(LEVEL);

  @Override
  protected ArrowBuf doCompress(BufferAllocator allocator, ArrowBuf source) {
    int length = Math.toIntExact(source.writerIndex());
    int bound = Math.toIntExact(Zstd.compressBound(length));
    long prefix = CompressionUtil.SIZE_OF_UNCOMPRESSED_LENGTH;
    ArrowBuf target = allocator.buffer(prefix + bound);
    try {
      ByteBuffer from = source.nioBuffer(0, length);
      ByteBuffer to = target.nioBuffer(prefix, bound);
      int stored = context.compressDirectByteBuffer(to, 0, bound, from, 0, length);
      target.writerIndex(prefix + stored);
      return target;
    } catch (Throwable e) {
      target.close();
      throw e;
    }
  }

  @Override
  protected ArrowBuf doDecompress(BufferAllocator allocator, ArrowBuf source) {
    throw new UnsupportedOperationException("the writing side does not decompress");
  }

  @Override
  public CompressionUtil.CodecType getCodecType() {
    return CompressionUtil.CodecType.ZSTD;
  }

  @Override
  public void close() {
    context.close();
  }
}
