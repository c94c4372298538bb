package io.packhouse.extraction.plugins;

import io.packhouse.extraction.archive.SafeArchiveOpener;
import io.packhouse.spi.PackageExtractor;
import java.io.IOException;
import java.io.InputStream;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The main class of a runner. Its standard input is its life: the host holds the other end and
 * writes nothing, so that the runner ends with the host however that ends. What the plugin writes
 * to standard output and error goes to the host's log.
 */
public final class RunnerMain {
  private RunnerMain() {}

  /**
   * Serves until the host is gone.
   *
   * @param args the socket's path, the plugin's name, then its jars
   */
  public static void main(String[] args) throws IOException {
    InputStream life = System.in;
    System.setIn(InputStream.nullInputStream());
    Thread watch = new Thread(() -> endWith(life), "packhouse-life");
    watch.setDaemon(true);
    watch.start();
    List<Path> jars = new ArrayList<>();
    for (int i = 2; i < args.length; i++) {
      jars.add(Path.of(args[i]));
    }
    try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(args[0]));
        Link link = new Link(channel)) {
      serve(link, args[1], jars);
    } catch (IOException e) {
      System.err.println("the link broke: " + e); // the host knows
    }
    // Neither threads of the plugin nor its shutdown hooks keep the runner.
    Runtime.getRuntime().halt(0);
  }

  private static void endWith(InputStream life) {
    try {
      while (life.read() >= 0) {
        Thread.onSpinWait(); // nobody writes
      }
    } catch (IOException e) {
      System.err.println("the host's pipe broke: " + e);
    }
    Runtime.getRuntime().halt(0);
  }

  private static void serve(Link link, String name, List<Path> jars) throws IOException {
    List<PackageExtractor> extractors;
    List<Descriptor> descriptors = new ArrayList<>();
    PluginClassLoader loader = new PluginClassLoader(name, jars);
    Thread.currentThread().setContextClassLoader(loader);
    try {
      extractors = loader.extractors();
      for (PackageExtractor extractor : extractors) {
        descriptors.add(Descriptor.of(extractor));
      }
      Descriptor.putAll(link.begin(MessageKind.HELLO), descriptors);
    } catch (PluginException e) {
      refuse(link, String.valueOf(e.getMessage()));
      return;
    } catch (Throwable e) { // other people's code
      refuse(link, "cannot describe itself: " + Reasons.of(e));
      return;
    }
    link.send();
    RunnerLoop loop = new RunnerLoop(link, extractors, descriptors, SafeArchiveOpener::new);
    while (true) {
      loop.serve(link.receive());
    }
  }

  /** Says why, and waits until the host has heard it and ends the runner. */
  private static void refuse(Link link, String why) throws IOException {
    link.begin(MessageKind.UNUSABLE).putText(why);
    link.send();
    link.receive();
  }
}
