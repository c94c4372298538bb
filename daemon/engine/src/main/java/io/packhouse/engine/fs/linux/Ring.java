package io.packhouse.engine.fs.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.packhouse.engine.fs.Errno;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * An io_uring: operations are put into a queue that is shared with the kernel ({@link #put}),
 * started and waited for by one system call ({@link #run}), and their results read by number.
 *
 * <p>A round is synchronous: when {@code run} returns, the kernel is done with all memory that the
 * round's operations name. So nothing is ever in flight between rounds, and both queues are empty.
 *
 * <p>Ordering: the kernel reads the submission queue within the system call of this very thread, so
 * program order is enough there. Completions may come from kernel threads: the queue's tail is read
 * before an acquire fence and the entries after it, which pairs with the kernel's release of the
 * tail; the head is given back behind a release fence.
 *
 * <p>A round is gathered in arrays and copied to the shared memory at once: code of the first
 * compiler, which short runs get, copies an array as fast as it stores two words one by one.
 *
 * <p>Owned by the thread that opened it, which alone may use it: with the flags that make it fast,
 * the kernel refuses others. Any thread may close it, while it is not in use.
 *
 * <p>Layouts are those of {@code linux/io_uring.h}, the same on all architectures.
 */
final class Ring implements AutoCloseable {

  /** How many operations a round may have. */
  static final int CAPACITY = 128;

  /** The result of an operation that the kernel never got. */
  static final int NOT_RUN = Integer.MIN_VALUE;

  /** The longest name that can be opened. */
  static final int NAME_LIMIT = 255;

  private static final int OPENAT = 18;
  private static final int CLOSE = 19;
  private static final int READ = 22;

  private static final int SETUP_COOP_TASKRUN = 1 << 8;
  private static final int SETUP_SINGLE_ISSUER = 1 << 12;
  private static final int SETUP_DEFER_TASKRUN = 1 << 13;
  private static final int ENTER_GETEVENTS = 1;
  private static final int REGISTER_PROBE = 8;
  private static final int RWF_NOWAIT = 8;
  private static final int OPERATION_SUPPORTED = 1;

  /**
   * Both queues in one mapping, completions are never dropped, and workers with the identity of the
   * process instead of kernel threads that borrow it (Linux 5.12).
   */
  private static final int FEATURES = 1 | 1 << 1 | 1 << 9;

  private static final long OFFSET_OF_ENTRIES = 0x1000_0000L;
  private static final int MAP_SHARED = 1;
  private static final int MAP_PRIVATE = 2;
  private static final int MAP_ANONYMOUS = 0x20;
  private static final int MAP_POPULATE = 0x8000;

  /** A name and its NUL. */
  private static final int NAME_SIZE = 256;

  /**
   *
   *
   * <pre>
   * struct io_uring_params, 120 bytes
   *   0 u32 submission entries   4 u32 completion entries   8 u32 flags   20 u32 features
   *  40 offsets in the mapping: u32 submission head, 44 tail, 48 mask, 64 array
   *  80 offsets in the mapping: u32 completion head, 84 tail, 88 mask, 100 entries
   * struct io_uring_sqe, 64 bytes
   *   0 u8 operation   4 s32 descriptor   8 u64 position   16 u64 address   24 u32 length or mode
   *  28 u32 flags of the open or read   32 u64 user data
   * struct io_uring_cqe, 16 bytes
   *   0 u64 user data   8 s32 result
   * </pre>
   */
  private static final int PARAMETERS_SIZE = 120;

  private static final int SUBMISSION_SIZE = 64;
  private static final int SUBMISSION_WORDS = SUBMISSION_SIZE / Long.BYTES;
  private static final int COMPLETION_SIZE = 16;
  private static final int COMPLETION_WORDS = COMPLETION_SIZE / Long.BYTES;

  /** Parks of a millisecond before operations in flight are given up: ten seconds. */
  private static final int DRAIN_ATTEMPTS = 10_000;

  /** Why no more rings are opened in this process; null while they work. */
  private static volatile @Nullable String refusal;

  /** Whether one has been opened. */
  private static volatile boolean proven;

  private final Thread owner = Thread.currentThread();
  private final int descriptor;
  private final long[] round = new long[CAPACITY * SUBMISSION_WORDS];

  /** The names of the round, each with a NUL. */
  private final byte[] roundNames = new byte[CAPACITY * NAME_SIZE];

  private int roundNamesLength;
  private final long[] completions = new long[2 * CAPACITY * COMPLETION_WORDS];
  private MemorySegment queues = MemorySegment.NULL;
  private MemorySegment submissions = MemorySegment.NULL;
  private MemorySegment names = MemorySegment.NULL;
  private int submissionHead;
  private int submissionTail;
  private int submissionMask;
  private int completionHead;
  private int completionTail;
  private int completionMask;
  private int completionEntries;

  private final int[] results = new int[CAPACITY];
  private int count;
  private int tail;
  private boolean closed;

  /** A ring for this thread; null where the system has none for this process. */
  static @Nullable Ring open() {
    if (refusal != null) {
      return null;
    }
    Scratch scratch = Scratch.take();
    try {
      Ring ring = new Ring(scratch);
      proven = true;
      return ring;
    } catch (UnsupportedOperationException e) {
      refuse(String.valueOf(e.getMessage()));
      return null;
    } finally {
      scratch.give();
    }
  }

  /** Why there are no rings in this process; null where there are. Tries one at the first call. */
  static @Nullable String refusal() {
    if (!proven && refusal == null) {
      Ring ring = open();
      if (ring != null) {
        ring.close();
      }
    }
    return refusal;
  }

  private static void refuse(String reason) {
    refusal = reason;
    System.getLogger(Ring.class.getName())
        .log(System.Logger.Level.DEBUG, "io_uring is not used: {0}", reason);
  }

  private Ring(Scratch scratch) {
    MemorySegment parameters = scratch.name.asSlice(0, PARAMETERS_SIZE);
    int fast = SETUP_COOP_TASKRUN | SETUP_SINGLE_ISSUER | SETUP_DEFER_TASKRUN;
    long result = setUp(scratch, parameters, fast);
    if (result == -Errno.EINVAL) {
      result = setUp(scratch, parameters, SETUP_COOP_TASKRUN);
    }
    if (result == -Errno.EINVAL) {
      result = setUp(scratch, parameters, 0);
    }
    descriptor = (int) check(result, "io_uring_setup");
    try {
      int features = parameters.get(JAVA_INT, 20);
      if ((features & FEATURES) != FEATURES) {
        throw new UnsupportedOperationException(
            "io_uring has features 0x" + Integer.toHexString(features));
      }
      map(scratch, parameters);
      if (!proven) {
        probe(scratch);
      }
    } catch (RuntimeException | Error e) {
      close();
      throw e;
    }
  }

  private static long setUp(Scratch scratch, MemorySegment parameters, int flags) {
    parameters.fill((byte) 0);
    parameters.set(JAVA_INT, 8, flags);
    return LinuxCalls.call(scratch, LinuxCalls.IO_URING_SETUP, CAPACITY, parameters, 0, 0, 0);
  }

  private void map(Scratch scratch, MemorySegment parameters) {
    int entries = parameters.get(JAVA_INT, 0);
    long array = parameters.get(JAVA_INT, 64);
    completionEntries = parameters.get(JAVA_INT, 100);
    long size =
        Math.max(
            array + entries * 4L,
            completionEntries + (long) parameters.get(JAVA_INT, 4) * COMPLETION_SIZE);
    int shared = MAP_SHARED | MAP_POPULATE;
    queues = map(scratch, size, shared, 0);
    submissions = map(scratch, (long) entries * SUBMISSION_SIZE, shared, OFFSET_OF_ENTRIES);
    names = map(scratch, CAPACITY * NAME_SIZE, MAP_PRIVATE | MAP_ANONYMOUS, 0);
    submissionHead = parameters.get(JAVA_INT, 40);
    submissionTail = parameters.get(JAVA_INT, 44);
    submissionMask = queues.get(JAVA_INT, parameters.get(JAVA_INT, 48));
    completionHead = parameters.get(JAVA_INT, 80);
    completionTail = parameters.get(JAVA_INT, 84);
    completionMask = queues.get(JAVA_INT, parameters.get(JAVA_INT, 88));
    tail = queues.get(JAVA_INT, submissionTail);
    for (int i = 0; i < entries; i++) {
      queues.set(JAVA_INT, array + i * 4L, i);
    }
  }

  @SuppressWarnings("restricted")
  private MemorySegment map(Scratch scratch, long size, int flags, long offset) {
    int file = (flags & MAP_ANONYMOUS) == 0 ? descriptor : -1;
    long address = LinuxPages.map(scratch, size, LinuxPages.PROT_READ_WRITE, flags, file, offset);
    check(address, "mmap of an io_uring");
    return MemorySegment.ofAddress(address).reinterpret(size);
  }

  /**
   * {@code struct io_uring_probe}: u8 last operation, u8 number of entries, 14 reserved bytes, then
   * entries of 8 bytes: u8 operation, u8 reserved, u16 flags, u32 reserved.
   */
  private void probe(Scratch scratch) {
    int entries = READ + 1;
    MemorySegment probe = scratch.name.asSlice(0, 16 + entries * 8L);
    probe.fill((byte) 0);
    check(
        LinuxCalls.call(
            scratch,
            LinuxCalls.IO_URING_REGISTER,
            descriptor,
            REGISTER_PROBE,
            probe.address(),
            entries,
            0),
        "io_uring_register");
    for (int operation : new int[] {OPENAT, CLOSE, READ}) {
      boolean known = operation <= Byte.toUnsignedInt(probe.get(JAVA_BYTE, 0));
      int flags = probe.get(JAVA_BYTE, 16 + operation * 8L + 2);
      if (!known || (flags & OPERATION_SUPPORTED) == 0) {
        throw new UnsupportedOperationException("io_uring lacks operation " + operation);
      }
    }
  }

  private static long check(long result, String call) {
    if (result < 0) {
      throw new UnsupportedOperationException(call + " says " + Errno.name((int) -result));
    }
    return result;
  }

  /** Whether this thread may use it. */
  boolean isOwned() {
    return owner.equals(Thread.currentThread());
  }

  /** Begins a round. The methods that put operations into it return the operation's number. */
  void begin() {
    count = 0;
    roundNamesLength = 0;
    tail = queues.get(JAVA_INT, submissionTail); // A round that was not run is forgotten.
  }

  /**
   * Puts the reading of a file's first bytes into the round. Unlike {@code pread}, the ring waits
   * for the bytes of a FIFO, for ever, however it was opened.
   *
   * @param wait false to read only what is in the kernel's cache: else EAGAIN, and EOPNOTSUPP where
   *     the file system cannot do so
   */
  int putRead(int file, long address, int length, boolean wait) {
    return put(READ, file, address, length, wait ? 0 : RWF_NOWAIT);
  }

  /** Puts the closing of a file into the round. */
  int putClose(int file) {
    return put(CLOSE, file, 0, 0, 0);
  }

  private int put(int operation, int fd, long address, int length, int openFlags) {
    int number = count;
    results[number] = NOT_RUN;
    int at = number * SUBMISSION_WORDS; // The words that are not set here are 0 for ever.
    round[at] = operation | (long) fd << 32;
    round[at + 2] = address;
    round[at + 3] = length | (long) openFlags << 32;
    round[at + 4] = number;
    tail++;
    count = number + 1;
    return number;
  }

  /**
   * Puts the opening of a file into the round.
   *
   * @param name of at most 255 bytes
   */
  int putOpen(int directory, byte[] name, int flags) {
    int at = roundNamesLength;
    System.arraycopy(name, 0, roundNames, at, name.length);
    roundNames[at + name.length] = 0;
    roundNamesLength = at + name.length + 1;
    return put(OPENAT, directory, names.address() + at, 0, flags);
  }

  /** What became of an operation: as the system call's result, or {@link #NOT_RUN}. */
  int result(int number) {
    return results[number];
  }

  /**
   * Runs the round.
   *
   * @return false where the kernel refused some of it: then no ring is opened in this process any
   *     more, and this one is of no more use
   * @throws IOException where operations are still in flight, so that their memory may be written
   */
  boolean run(Scratch scratch) throws IOException {
    publish();
    int left = count;
    while (left > 0) {
      int unsubmitted = tail - queues.get(JAVA_INT, submissionHead);
      long result = enter(scratch, unsubmitted, left);
      int reaped = reap();
      left -= reaped;
      boolean stuck = unsubmitted > 0 && result == 0 && reaped == 0;
      if (left > 0 && (result < 0 || stuck)) {
        refuse("io_uring_enter says " + Errno.name(stuck ? Errno.EAGAIN : (int) -result));
        drain(scratch, left);
        return false;
      }
    }
    return true;
  }

  /** Copies the round to where the kernel looks for it. */
  private void publish() {
    MemorySegment.copy(roundNames, 0, names, JAVA_BYTE, 0, roundNamesLength);
    int first = (tail - count) & submissionMask;
    int beforeWrap = Math.min(count, submissionMask + 1 - first);
    putWords(0, first, beforeWrap);
    putWords(beforeWrap, 0, count - beforeWrap);
    queues.set(JAVA_INT, submissionTail, tail);
  }

  private void putWords(int number, int place, int submissionCount) {
    MemorySegment.copy(
        round,
        number * SUBMISSION_WORDS,
        submissions,
        JAVA_LONG,
        (long) place * SUBMISSION_SIZE,
        submissionCount * SUBMISSION_WORDS);
  }

  private long enter(Scratch scratch, int submit, int complete) {
    return LinuxCalls.call(
        scratch, LinuxCalls.IO_URING_ENTER, descriptor, submit, complete, ENTER_GETEVENTS, 0);
  }

  /** Takes back what the kernel has not consumed, and waits for the rest. */
  private void drain(Scratch scratch, int unfinished) throws IOException {
    int head = queues.get(JAVA_INT, submissionHead);
    int left = unfinished - (tail - head);
    tail = head;
    queues.set(JAVA_INT, submissionTail, head);
    for (int attempt = 0; left > 0; attempt++) {
      if (attempt == DRAIN_ATTEMPTS) {
        throw new IOException(left + " operations of io_uring do not end");
      }
      if (enter(scratch, 0, left) < 0) {
        LockSupport.parkNanos(1_000_000);
      }
      left -= reap();
    }
  }

  /** Takes results from the queue; returns their number. */
  private int reap() {
    int head = queues.get(JAVA_INT, completionHead);
    int end = queues.get(JAVA_INT, completionTail);
    VarHandle.acquireFence();
    int reaped = end - head;
    while (head != end) {
      int first = head & completionMask;
      int run = Math.min(end - head, completionMask + 1 - first);
      long at = completionEntries + (long) first * COMPLETION_SIZE;
      MemorySegment.copy(queues, JAVA_LONG, at, completions, 0, run * COMPLETION_WORDS);
      for (int i = 0; i < run * COMPLETION_WORDS; i += COMPLETION_WORDS) {
        results[(int) completions[i]] = (int) completions[i + 1];
      }
      head += run;
    }
    VarHandle.releaseFence();
    queues.set(JAVA_INT, completionHead, head);
    return reaped;
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    Arrays.fill(results, NOT_RUN);
    Scratch scratch = Scratch.take();
    try {
      unmap(scratch, queues);
      unmap(scratch, submissions);
      unmap(scratch, names);
    } finally {
      scratch.give();
    }
    queues = MemorySegment.NULL;
    submissions = MemorySegment.NULL;
    names = MemorySegment.NULL;
    LinuxCalls.close(descriptor);
  }

  private static void unmap(Scratch scratch, MemorySegment mapping) {
    if (mapping.address() != 0) {
      LinuxCalls.call(scratch, LinuxCalls.MUNMAP, mapping.address(), mapping.byteSize(), 0, 0, 0);
    }
  }
}
