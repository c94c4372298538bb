package io.packhouse.engine.fs;

import java.util.Arrays;
import java.util.Locale;

/** What a directory entry is. */
public enum FileKind {
  /** A regular file. */
  FILE,
  /** A directory. */
  DIRECTORY,
  /** A symbolic link. */
  SYMLINK,
  /** A named pipe. */
  FIFO,
  /** A character device. */
  CHAR_DEVICE,
  /** A block device. */
  BLOCK_DEVICE,
  /** A Unix socket. */
  SOCKET,
  /** Not told: a listing of a file system that keeps no kinds, or a kind that has no name here. */
  UNKNOWN;

  private static final FileKind[] BY_FORMAT = new FileKind[16];

  static {
    Arrays.fill(BY_FORMAT, UNKNOWN);
    for (FileKind kind : values()) {
      if (kind != UNKNOWN) {
        BY_FORMAT[kind.format() >> 12] = kind;
      }
    }
  }

  /**
   * The kind of a POSIX {@code st_mode}.
   *
   * @param mode its upper four of 16 bits ({@code S_IFMT}) tell
   */
  public static FileKind ofMode(int mode) {
    return BY_FORMAT[(mode >> 12) & 15];
  }

  /** The kind of a {@code d_type}, which is {@code S_IFMT} shifted by 12 bits; 0 is unknown. */
  public static FileKind ofDirectoryType(int type) {
    return type < 0 || type > 15 ? UNKNOWN : BY_FORMAT[type];
  }

  /** The kind in words, for messages. */
  public String words() {
    return this == FIFO ? "FIFO" : name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  /** Refuses kinds that are made in ways of their own: files, directories and links. */
  public void requireSpecial() {
    switch (this) {
      case FIFO, SOCKET, CHAR_DEVICE, BLOCK_DEVICE -> {}
      case FILE, DIRECTORY, SYMLINK, UNKNOWN ->
          throw new IllegalArgumentException("not a special kind: " + this);
    }
  }

  /** The {@code S_IFMT} bits of this kind; 0 for {@link #UNKNOWN}. */
  public int format() {
    return switch (this) {
      case FILE -> 0x8000;
      case DIRECTORY -> 0x4000;
      case SYMLINK -> 0xA000;
      case FIFO -> 0x1000;
      case CHAR_DEVICE -> 0x2000;
      case BLOCK_DEVICE -> 0x6000;
      case SOCKET -> 0xC000;
      case UNKNOWN -> 0;
    };
  }
}
