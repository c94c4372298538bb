package io.packhouse.engine.fs.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.packhouse.engine.fs.DirectoryListing;
import io.packhouse.engine.fs.FileAccess;
import io.packhouse.engine.fs.FileBatchReader;
import io.packhouse.engine.fs.FileStatus;
import io.packhouse.engine.fs.OpenDirectory;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.CRC32;

/**
 * A process of its own that reads a directory of files by batch, if wanted, is then refused a
 * system call by a seccomp filter, and reads. Prints, before and after: the methods, and a checksum
 * of all results; and at the end the number of descriptors that are left.
 *
 * <p>Arguments: the directory; whether to read before the refusal too; the number of the call; its
 * second argument where only that is refused, or -1; the error number.
 */
final class RefusedRing {

  private static final boolean ARM = System.getProperty("os.arch", "").equals("aarch64");
  private static final int PRCTL = ARM ? 167 : 157;
  private static final int SECCOMP = ARM ? 277 : 317;
  private static final int PR_SET_NO_NEW_PRIVS = 38;
  private static final int SECCOMP_SET_MODE_FILTER = 1;
  private static final int SECCOMP_FILTER_FLAG_TSYNC = 1;
  private static final int SECCOMP_RET_ERRNO = 0x5_0000;
  private static final int SECCOMP_RET_ALLOW = 0x7fff_0000;

  /** {@code struct seccomp_data}: u32 number, u32 architecture, u64 address, u64 arguments[6]. */
  private static final int NUMBER_OFFSET = 0;

  private static final int SECOND_ARGUMENT_OFFSET = 24;
  private static final int LOAD_WORD = 0x20;
  private static final int JUMP_IF_EQUAL = 0x15;
  private static final int RETURN = 0x06;

  private RefusedRing() {}

  public static void main(String[] arguments) throws IOException {
    Path tree = Path.of(arguments[0]);
    boolean before = Boolean.parseBoolean(arguments[1]);
    FileAccess access = new LinuxFileAccess();
    if (!before) {
      refuse(arguments);
    }
    try (FileBatchReader reader = access.newFileBatchReader();
        OpenDirectory root = access.openDirectory(tree)) {
      if (before) {
        read(access, root, reader);
        refuse(arguments);
      }
      read(access, root, reader);
    } catch (UnsupportedOperationException e) {
      System.out.println(e.getMessage());
    }
    System.out.println(openFiles(tree) + " open");
  }

  private static void read(FileAccess access, OpenDirectory root, FileBatchReader reader)
      throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      DirectoryListing listing = root.list();
      reader.clear();
      long offset = 0;
      for (int i = 0; i < listing.size(); i++) {
        FileStatus status = root.status(listing.name(i));
        reader.add(root, listing.name(i), status, offset, (int) status.size());
        offset += status.size();
      }
      MemorySegment slot = arena.allocate(offset + 1);
      reader.read(slot);
      CRC32 checksum = new CRC32();
      checksum.update(slot.asByteBuffer());
      for (int i = 0; i < reader.size(); i++) {
        checksum.update(reader.bytesRead(i));
        checksum.update(reader.isUnchanged(i) ? 1 : 0);
        checksum.update(String.valueOf(reader.error(i)).getBytes(UTF_8));
      }
      String result = HexFormat.of().toHexDigits((int) checksum.getValue());
      System.out.println(reader.method() + "; " + access.describe() + "; " + result);
    }
  }

  private static long openFiles(Path tree) throws IOException {
    List<String> open = new ArrayList<>();
    try (var descriptors = Files.list(Path.of("/proc/self/fd"))) {
      for (Path descriptor : descriptors.toList()) {
        if (Files.isSymbolicLink(descriptor)) {
          String target = Files.readSymbolicLink(descriptor).toString();
          if (target.startsWith(tree.toString()) || target.contains("io_uring")) {
            open.add(target);
          }
        }
      }
    }
    return open.size();
  }

  /** {@code struct sock_filter}: u16 code, u8 jump if true, u8 jump if false, u32 value. */
  private static void refuse(String[] arguments) {
    int number = Integer.parseInt(arguments[2]);
    int secondArgument = Integer.parseInt(arguments[3]);
    int errno = Integer.parseInt(arguments[4]);
    Scratch scratch = Scratch.take();
    MemorySegment program = scratch.name.asSlice(0, 48);
    program.fill((byte) 0);
    boolean any = secondArgument == -1;
    int[][] instructions = {
      {LOAD_WORD, 0, NUMBER_OFFSET},
      {JUMP_IF_EQUAL, 3, number},
      {LOAD_WORD, 0, any ? NUMBER_OFFSET : SECOND_ARGUMENT_OFFSET},
      {JUMP_IF_EQUAL, 1, any ? number : secondArgument},
      {RETURN, 0, SECCOMP_RET_ERRNO | errno},
      {RETURN, 0, SECCOMP_RET_ALLOW},
    };
    for (int i = 0; i < instructions.length; i++) {
      program.set(JAVA_SHORT, i * 8L, (short) instructions[i][0]);
      program.set(JAVA_BYTE, i * 8L + 3, (byte) instructions[i][1]);
      program.set(JAVA_INT, i * 8L + 4, instructions[i][2]);
    }
    MemorySegment header = scratch.small;
    header.set(JAVA_LONG, 0, instructions.length);
    header.set(JAVA_LONG, 8, program.address());
    succeed(LinuxCalls.call(scratch, PRCTL, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
    succeed(
        LinuxCalls.call(
            scratch,
            SECCOMP,
            SECCOMP_SET_MODE_FILTER,
            SECCOMP_FILTER_FLAG_TSYNC,
            header.address(),
            0,
            0));
    scratch.give();
  }

  private static void succeed(long result) {
    if (result != 0) {
      throw new IllegalStateException("no filter: " + result);
    }
  }
}
