package io.packhouse.benchmarks.service;

import java.io.Closeable;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Stands between one client and a daemon, to be the broken connection of the two: it stops passing
 * on what the daemon says, as a client that hangs, or closes both ends at any byte, as one that
 * dies. Thread-safe.
 */
final class Relay implements Closeable {
  private static final int CHUNK_BYTES = 64 << 10;

  private final Path socket;
  private final Path daemon;
  private final ServerSocketChannel server;
  private final List<Closeable> open = new ArrayList<>();
  private boolean closed;
  private volatile long answerBytes = Long.MAX_VALUE;

  /** Listens at {@code socket} for clients of the daemon that listens at the other one. */
  Relay(Path socket, Path daemon) throws IOException {
    this.socket = socket;
    this.daemon = daemon;
    server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      server.bind(UnixDomainSocketAddress.of(socket));
    } catch (IOException e) {
      server.close();
      throw e;
    }
    start("accept", this::accept);
  }

  /** Passes on no more than so many bytes of each connection's answers, from now on. */
  void hangAfter(long bytes) {
    answerBytes = bytes;
  }

  private static void start(String name, Runnable task) {
    Thread.ofPlatform().daemon().name("relay-" + name).start(task);
  }

  private void accept() {
    try {
      while (true) {
        SocketChannel client = server.accept();
        keep(client);
        SocketChannel behind = SocketChannel.open(UnixDomainSocketAddress.of(daemon));
        keep(behind);
        start("ask", () -> pass(client, behind, Long.MAX_VALUE));
        start("answer", () -> pass(behind, client, answerBytes));
      }
    } catch (IOException e) {
      cut(); // closed, or there is no daemon at the moment: both are the end
    }
  }

  private void pass(SocketChannel from, SocketChannel to, long most) {
    ByteBuffer bytes = ByteBuffer.allocate(CHUNK_BYTES);
    long left = most;
    try {
      while (left > 0 && from.read(bytes.clear().limit((int) Math.min(CHUNK_BYTES, left))) >= 0) {
        left -= bytes.flip().remaining();
        while (bytes.hasRemaining()) {
          to.write(bytes);
        }
      }
      if (left > 0) {
        cut();
      }
    } catch (IOException e) {
      cut(); // one side is gone, so the other goes too
    }
  }

  private synchronized void keep(Closeable each) throws IOException {
    open.add(each);
    if (closed) {
      each.close();
      throw new IOException("the relay is closed");
    }
  }

  /** Closes both ends where they are. */
  synchronized void cut() {
    for (Closeable each : open) {
      try {
        each.close();
      } catch (IOException e) {
        throw new IllegalStateException("a socket cannot be closed", e);
      }
    }
    open.clear();
  }

  @Override
  public void close() throws IOException {
    synchronized (this) {
      closed = true;
    }
    server.close();
    Files.deleteIfExists(socket);
    cut();
  }
}
