package io.packhouse.client.command;

import io.packhouse.client.output.Json;
import io.packhouse.engine.extract.Extraction;
import io.packhouse.engine.extract.ExtractorHost;
import io.packhouse.engine.extract.InstalledExtractor;
import io.packhouse.spi.ColumnSpec;
import io.packhouse.spi.ExtractionContext;
import io.packhouse.spi.ExtractionException;
import io.packhouse.spi.Interest;
import io.packhouse.spi.PackageExtractor;
import io.packhouse.spi.PackageFile;
import io.packhouse.spi.PackageMetadata;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Lists the extractors, and tries them on files. */
final class PluginsCommand extends Subcommand {
  private static final String TRY = "try";

  private List<String> operands = new ArrayList<>();
  private @Nullable String type;
  private @Nullable Path root;
  private @Nullable Path plugins;

  PluginsCommand(Session session) {
    super(session);
  }

  @Override
  void describe(Syntax syntax) {
    syntax
        .synopsis("packhouse plugins [OPTIONS]", "       packhouse plugins try [OPTIONS] FILE...")
        .description(
            "List the extractors of package metadata: what each reads, the columns it adds to the"
                + " index, and where it came from. With try, show what they make of files.",
            "")
        .exitCodes(
            ExitCode.OK_TEXT,
            ExitCode.USAGE_TEXT,
            ExitCode.INPUT_TEXT,
            "7:done but for the files named, which could not be understood, or plugins that could"
                + " not be used")
        .footer(
            "%nExamples:",
            "  packhouse plugins",
            "  packhouse plugins --type maven",
            "  packhouse plugins try left-pad-1.3.0.tgz",
            "  packhouse plugins try --root ~/.m2/repository ~/.m2/repository/org/slf4j/*/*/*.jar")
        .operands("[try FILE...]", true, "Files to try, in a tree or not", v -> operands = v)
        .option(
            "--type",
            "TYPE",
            String.class,
            "The extractor of this package type alone; with try, whatever the files are called",
            value -> type = value)
        .option(
            "--root",
            "DIR",
            Path.class,
            "The tree that the files are in: extractors see paths below it, and may ask for other"
                + " files of it [the directory of each FILE]",
            value -> root = value)
        .option("--plugins", "DIR", Path.class, PluginFolder.HELP, value -> plugins = value);
  }

  @Override
  int run() throws IOException, InterruptedException {
    boolean trial = !operands.isEmpty();
    if (trial && !operands.getFirst().equals(TRY)) {
      throw Failure.usage(
          "unexpected argument " + operands.getFirst() + "; see packhouse plugins --help");
    }
    if (trial && operands.size() == 1) {
      throw Failure.usage("try needs a file, as in: packhouse plugins try FILE");
    }
    if (!trial && root != null) {
      throw Failure.usage("--root goes with try only");
    }
    Path folder = PluginFolder.find(plugins, streams());
    try (LoadedExtractors loaded = LoadedExtractors.load(folder, 1)) {
      loaded.failures().forEach(session()::warn);
      int done = loaded.failures().isEmpty() ? ExitCode.OK : ExitCode.PARTIAL;
      LoadedExtractors.host(loaded.extractors()); // refuses what does not go together
      List<InstalledExtractor> chosen = chosen(loaded.extractors());
      if (!trial) {
        list(chosen);
        return done;
      }
      List<InstalledExtractor> eager = new ArrayList<>();
      for (InstalledExtractor each : chosen) {
        eager.add(
            type == null
                ? each
                : new InstalledExtractor(new Eager(each.extractor()), each.origin()));
      }
      int tried = tryAll(LoadedExtractors.host(eager), operands.subList(1, operands.size()));
      return tried == ExitCode.OK ? done : tried;
    }
  }

  private List<InstalledExtractor> chosen(List<InstalledExtractor> all) throws Failure {
    if (type == null) {
      return all;
    }
    for (InstalledExtractor each : all) {
      if (each.extractor().packageType().equals(type)) {
        return List.of(each);
      }
    }
    List<String> types = all.stream().map(each -> each.extractor().packageType()).sorted().toList();
    throw Failure.usage(
        "no extractor is of type " + type + "; there are " + String.join(", ", types));
  }

  private void list(List<InstalledExtractor> extractors) throws IOException {
    if (common.json) {
      try (Json json = newJson()) {
        for (InstalledExtractor extractor : extractors) {
          ExtractorListing.write(json, extractor);
        }
      }
    } else {
      try (Writer out = newText()) {
        for (InstalledExtractor extractor : extractors) {
          ExtractorListing.write(out, style(), extractor);
        }
      }
    }
  }

  private int tryAll(ExtractorHost host, List<String> files) throws IOException {
    boolean failed = false;
    try (FileTrials trials = new FileTrials(host, root);
        PackageReport report =
            common.json ? new PackageReport(newJson()) : new PackageReport(newText(), style())) {
      for (String file : files) {
        Extraction extraction = trials.extract(file);
        report.write(file, extraction);
        if (extraction != null && extraction.error() != null) {
          failed = true;
          session().warn(file + ": " + extraction.error());
        }
      }
    }
    return failed ? ExitCode.PARTIAL : ExitCode.OK;
  }

  /** An extractor that is offered every file. */
  private record Eager(PackageExtractor extractor) implements PackageExtractor {
    @Override
    public String packageType() {
      return extractor.packageType();
    }

    @Override
    public String name() {
      return extractor.name();
    }

    @Override
    public List<ColumnSpec> columns() {
      return extractor.columns();
    }

    @Override
    public Interest interest() {
      return new Interest(List.of(), List.of("**"), List.of());
    }

    @Override
    public @Nullable PackageMetadata extract(PackageFile file, ExtractionContext context)
        throws ExtractionException, IOException {
      return extractor.extract(file, context);
    }
  }
}
