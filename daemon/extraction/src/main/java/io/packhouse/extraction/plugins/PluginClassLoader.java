package io.packhouse.extraction.plugins;

import io.packhouse.spi.PackageExtractor;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import java.util.zip.ZipFile;

/**
 * Loads one plugin. It sees its own jars, the SPI and the JDK's platform: not what the program
 * around it is made of, so that two versions of a library never meet.
 */
final class PluginClassLoader extends URLClassLoader {
  private static final String SPI = PackageExtractor.class.getPackageName() + ".";

  private static final ClassLoader HOST = PluginClassLoader.class.getClassLoader();

  static {
    registerAsParallelCapable();
  }

  private final List<Path> jars;

  PluginClassLoader(String name, List<Path> jars) throws IOException {
    super(name, urls(jars), ClassLoader.getPlatformClassLoader());
    this.jars = List.copyOf(jars);
  }

  private static URL[] urls(List<Path> jars) throws MalformedURLException {
    List<URL> urls = new ArrayList<>();
    for (Path jar : jars) {
      urls.add(jar.toUri().toURL());
    }
    return urls.toArray(new URL[0]);
  }

  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    // Never a plugin's own copy of it: that would be another type than the host's.
    if (name.startsWith(SPI)) {
      return Class.forName(name, false, HOST);
    }
    return super.loadClass(name, resolve);
  }

  /**
   * The plugin's extractors.
   *
   * @throws PluginException if it has none, or they cannot be made
   */
  @SuppressWarnings("ThrowSpecificity") // other people's code: whatever it throws
  List<PackageExtractor> extractors() throws PluginException {
    List<PackageExtractor> found = new ArrayList<>();
    try {
      ServiceLoader.load(PackageExtractor.class, this).forEach(found::add);
    } catch (Throwable e) {
      throw new PluginException("cannot be loaded: " + Reasons.of(e), e);
    }
    if (found.isEmpty()) {
      checkJars();
      throw new PluginException(
          "has no extractors: META-INF/services/"
              + PackageExtractor.class.getName()
              + " names none");
    }
    return found;
  }

  /** A class loader passes over what is no jar without a word. */
  private void checkJars() throws PluginException {
    for (Path jar : jars) {
      try {
        new ZipFile(jar.toFile()).close();
      } catch (IOException e) {
        throw new PluginException("cannot be loaded: " + Reasons.of(e), e);
      }
    }
  }
}
