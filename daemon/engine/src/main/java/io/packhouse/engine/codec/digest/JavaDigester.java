package io.packhouse.engine.codec.digest;

import java.lang.foreign.MemorySegment;
import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** A digester of the JDK. */
final class JavaDigester extends Digester {
  /** A segment's buffer has no more, so longer runs are cut. */
  private static final long MAX_PIECE = 1L << 30;

  private final MessageDigest digest;

  JavaDigester(DigestAlgorithm algorithm) {
    super(algorithm);
    try {
      digest = MessageDigest.getInstance(algorithm.standardName());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this JDK lacks " + algorithm.standardName(), e);
    }
  }

  @Override
  void updateChecked(MemorySegment source, long offset, long length) {
    for (long done = 0; done < length; done += MAX_PIECE) {
      long piece = Math.min(MAX_PIECE, length - done);
      digest.update(source.asSlice(offset + done, piece).asByteBuffer());
    }
  }

  @Override
  void finishChecked(byte[] out, int outOffset) {
    try {
      digest.digest(out, outOffset, algorithm().length());
    } catch (DigestException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void reset() {
    digest.reset();
  }

  @Override
  public void close() {
    digest.reset();
  }
}
