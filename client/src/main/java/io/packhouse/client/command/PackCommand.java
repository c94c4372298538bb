package io.packhouse.client.command;

import io.packhouse.client.output.ProgressLine;
import io.packhouse.engine.codec.digest.DigestAlgorithm;
import io.packhouse.engine.extract.ExtractorHost;
import io.packhouse.engine.pack.PackInput;
import io.packhouse.engine.pack.PackListener;
import io.packhouse.engine.pack.PackOptions;
import io.packhouse.engine.pack.PackReport;
import io.packhouse.engine.pack.Packer;
import io.packhouse.engine.read.base.BaseArchive;
import io.packhouse.engine.share.SharingOptions;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Packs directory trees into an archive. */
final class PackCommand extends Subcommand {
  private List<String> excludes = new ArrayList<>();
  private List<String> includes = new ArrayList<>();
  private List<String> excludeFrom = new ArrayList<>();
  private boolean oneFileSystem;
  private boolean keepGoing;
  private @Nullable String repository;
  private boolean reproducible;
  private boolean xattrs;
  private @Nullable String digests;
  private boolean noMetadata;
  private @Nullable Path plugins;
  private @Nullable Integer level;
  private boolean fast;
  private String sharing = "auto";
  private @Nullable Long sharingMemory;
  private @Nullable Integer workers;
  private @Nullable Long memory;
  private long blobSize = PackOptions.DEFAULT_BLOB_BYTES;
  private @Nullable Long frameSize;
  private List<String> operands = new ArrayList<>();
  private boolean force;
  private @Nullable Path base;
  private final RemoteOptions remote = new RemoteOptions();

  PackCommand(Session session) {
    super(session);
  }

  @Override
  void describe(Syntax syntax) {
    syntax
        .synopsis(
            "packhouse pack [OPTIONS] DIR OUT", "       packhouse pack [OPTIONS] [NAME=]DIR... OUT")
        .description(
            "Pack directory trees into one archive file, OUT.",
            "",
            "A single DIR becomes the archive's root. NAME=DIR puts a tree under NAME, and NAME is"
                + " its repository. Of several, a DIR without NAME is named by its last component."
                + " ./NAME=DIR is a directory of that very name.",
            "",
            "The same input and options give the same bytes, whatever the number of workers. OUT"
                + " appears only when it is whole and safely on disk.",
            "")
        .exitCodes(
            ExitCode.OK_TEXT,
            ExitCode.USAGE_TEXT,
            ExitCode.INPUT_TEXT,
            ExitCode.OUTPUT_TEXT,
            ExitCode.DAMAGED_TEXT,
            ExitCode.NOT_AN_ARCHIVE_TEXT,
            ExitCode.PARTIAL_TEXT,
            ExitCode.INTERRUPTED_TEXT)
        .footer(
            "%nExamples:",
            "  packhouse pack ~/.m2/repository m2.pkh",
            "  packhouse pack central=/srv/central npm=/srv/npm --exclude '*.lastUpdated' all.pkh",
            "  packhouse pack --digests=sha1,sha256 /srv/central central.pkh",
            "  packhouse pack --base monday.pkh /srv/central tuesday.pkh",
            "  packhouse pack --reproducible --level 19 build/libs - | ssh host 'cat > libs.pkh'")
        .operands(
            "[NAME=]DIR... OUT",
            true,
            "The trees, and the archive to write; - is standard output",
            value -> operands = value)
        .group("What to pack")
        .list(
            "--exclude",
            "GLOB",
            String.class,
            "Leave out what matches, and all below; may be repeated. * and ? match in a name, **"
                + " over directories; without / any name in the tree, with / the whole path in the"
                + " archive, with a / at the end directories only",
            value -> excludes = value)
        .list(
            "--include",
            "GLOB",
            String.class,
            "Pack only what matches, and all below; may be repeated",
            value -> includes = value)
        .list(
            "--exclude-from",
            "FILE",
            String.class,
            "Read --exclude globs from FILE, one a line, # for comments; - is standard input",
            value -> excludeFrom = value)
        .flag(
            "--one-file-system",
            "Do not enter directories of other file systems",
            value -> oneFileSystem = value)
        .flag(
            "--keep-going",
            "List entries that cannot be read in the archive, with why, and go on (exit code 7)"
                + " instead of giving up",
            value -> keepGoing = value)
        .option(
            "--base",
            "OLD.pkh",
            Path.class,
            "Make OUT a delta: store only what OLD.pkh has not, which whoever reads OUT needs"
                + " beside it",
            value -> base = value)
        .group("What to record")
        .option(
            "--repository",
            "NAME",
            String.class,
            "What the column repository says of inputs without a NAME of their own",
            value -> repository = value)
        .flag(
            "--reproducible",
            "Record no owners, and no time after SOURCE_DATE_EPOCH (seconds since 1970) if that is"
                + " set",
            value -> reproducible = value)
        .flag("--xattrs", "Record extended attributes", value -> xattrs = value)
        .optionalValue(
            "--digests",
            "NAME,...",
            DigestNames.ALL,
            "Record sha1, sha256 and sha512 of each file besides its BLAKE3, or those named after"
                + " =, so that rows join to lock files",
            value -> digests = value)
        .flag("--no-metadata", "Do not look for packages in files", value -> noMetadata = value)
        .option("--plugins", "DIR", Path.class, PluginFolder.HELP, value -> plugins = value)
        .group("How to work")
        .option(
            "-l --level",
            "1..22",
            Integer.class,
            "zstd level: higher is smaller and slower [3, with --fast 1]",
            value -> level = value)
        .flag(
            "--fast",
            "Store what is compressed inside, as packages are, as it is, but for the parts that"
                + " they share: faster, and larger",
            value -> fast = value)
        .option(
            "--sharing",
            "auto|on|off",
            String.class,
            "Store parts that files have in common once: auto looks at packages and other binaries,"
                + " as long as it pays, on at everything [auto]",
            value -> sharing = value)
        .option(
            "-j --workers",
            "COUNT",
            Integer.class,
            "Threads that read, hash and compress, 1 to 1024 [one a processor]",
            value -> workers = value)
        .bytes(
            "--memory",
            "For all buffers together, as 256M or 1GiB [192M, more if other options need it]",
            value -> memory = value)
        .bytes(
            "--sharing-memory",
            "For what parts are looked for in, beside --memory: versions of a package that lie"
                + " further apart share nothing [112M]",
            value -> sharingMemory = value)
        .bytes(
            "--blob-size",
            "Slices of big files, a power of two from 64K to 64M: larger is smaller, and slower to"
                + " read at random [4M]",
            value -> blobSize = value)
        .bytes(
            "--frame-size",
            "What small files share, 64K to --blob-size: larger is smaller, and one of them slower"
                + " to read [1536K, or --blob-size if that is less]",
            value -> frameSize = value)
        .endGroup()
        .flag("-f --force", "Replace OUT if it exists", value -> force = value);
    remote.describeOptional(syntax);
  }

  @Override
  int run() throws IOException, InterruptedException {
    if (operands.size() < 2) {
      throw Failure.usage(
          "pack needs a directory and the archive to write, as in: packhouse pack DIR OUT.pkh");
    }
    String output = operands.getLast();
    List<PackInput> inputs = PackInputs.parse(operands.subList(0, operands.size() - 1), repository);
    if (remote.isRemote(streams())) {
      return packThere(inputs, output);
    }
    try (LoadedExtractors extractors = extractors()) {
      PackOptions options = options(extractors.host());
      for (String failure : extractors.failures()) {
        if (!keepGoing) {
          throw Failure.usage(
              failure + "; take it out of the plugin folder, or pack without it by --keep-going");
        }
        session().warn(failure);
      }
      int code = run(inputs, options, extractors, output);
      return code == ExitCode.OK && !extractors.failures().isEmpty() ? ExitCode.PARTIAL : code;
    }
  }

  private int level() {
    return level == null ? fast ? PackOptions.FAST_LEVEL : PackOptions.DEFAULT_LEVEL : level;
  }

  private LoadedExtractors extractors() throws IOException, InterruptedException {
    return noMetadata
        ? LoadedExtractors.none()
        : LoadedExtractors.load(PluginFolder.find(plugins, streams()), checkWorkers(workers));
  }

  private int run(
      List<PackInput> inputs, PackOptions options, LoadedExtractors extractors, String output)
      throws IOException, InterruptedException {
    checkPipe(output);
    Path file = output.equals("-") ? null : Path.of(output);
    return report(output, pack(inputs, options, extractors, file), options.workers());
  }

  private void checkPipe(String output) throws Failure {
    if (output.equals("-") && streams().outIsTerminal()) {
      throw new Failure(
          ExitCode.OUTPUT,
          "standard output is a terminal, which an archive would garble; name a file or a pipe");
    }
  }

  private int packThere(List<PackInput> inputs, String output)
      throws IOException, InterruptedException {
    RemoteOptions.refuse(workers, "--workers");
    RemoteOptions.refuse(memory, "--memory");
    RemoteOptions.refuse(plugins, "--plugins");
    RemoteOptions.refuse(base, "--base");
    checkPipe(output);
    List<String> allExcludes = new ArrayList<>(excludes);
    for (String file : excludeFrom) {
      allExcludes.addAll(PackInputs.globLines(file, streams().in()));
    }
    RemotePack.Settings settings =
        new RemotePack.Settings(
            level(),
            fast,
            sharing().mode(),
            sharingMemory,
            blobSize,
            frameSize,
            reproducible,
            reproducible ? PackInputs.clampNanos(streams()) : null,
            xattrs,
            oneFileSystem,
            keepGoing,
            noMetadata,
            force,
            digests == null
                ? List.of()
                : DigestNames.parse(digests).stream().map(DigestAlgorithm::label).toList(),
            includes,
            allExcludes,
            PackInputs.filter(includes, allExcludes, List.of(), streams().in()));
    PackReport report;
    try (ProgressLine progress = newProgress()) {
      report = new RemotePack(remote, session(), progress, settings).pack(inputs, output);
    }
    return report(output, report, PackReports.WORKERS_NOT_KNOWN);
  }

  private int report(String output, PackReport report, int count) throws IOException {
    for (String path : common.quiet ? List.<String>of() : report.skipped()) {
      session().warn("skipped " + path + ": a socket");
    }
    for (PackReport.Failure failure : report.failures()) {
      session().warn(failure.path() + ": " + failure.status() + ": " + failure.error());
    }
    if (report.unseenSiblings() > 0 && !common.quiet) {
      session()
          .warn(
              "of "
                  + report.unseenSiblings()
                  + " packages, other files of the tree were asked for, such as parent poms, that"
                  + " were not sent, since --include, --exclude or --one-file-system leave them"
                  + " out: metadata may be missing; pack here, or where the daemon may read the"
                  + " tree");
    }
    if (report.failedCount() > report.failures().size()) {
      session().warn("and " + (report.failedCount() - report.failures().size()) + " more");
    }
    if (common.json || !common.quiet) {
      // A pipe that takes the archive has no room for words.
      OutputStream out = output.equals("-") ? streams().err() : streams().out();
      PackReports reports = new PackReports(output, report, count);
      if (common.json) {
        reports.writeJson(out);
      } else {
        reports.writeText(out);
      }
    }
    return report.failedCount() > 0 ? ExitCode.PARTIAL : ExitCode.OK;
  }

  private PackReport pack(
      List<PackInput> inputs,
      PackOptions options,
      LoadedExtractors extractors,
      @Nullable Path output)
      throws IOException, InterruptedException {
    try (BaseArchive of = base == null ? null : BaseArchive.open(base);
        ProgressLine progress = newProgress()) {
      PackListener listener =
          moment ->
              progress.update(
                  "packing",
                  moment.entriesPlaced(),
                  moment.bytesPlaced(),
                  moment.walkDone() ? moment.bytesFound() : -1);
      Packer packer = packer(inputs, options, progress.isShown() ? listener : PackListener.NONE);
      if (of != null) {
        packer.withBase(of);
      }
      session()
          .onInterrupt(
              () -> {
                packer.cancel();
                extractors.close(); // or a worker would wait for what they are at
              });
      return output == null ? packer.pack(streams().out()) : packer.pack(output);
    }
  }

  private static Packer packer(List<PackInput> inputs, PackOptions options, PackListener listener)
      throws Failure {
    try {
      return new Packer(inputs, options, listener);
    } catch (IllegalArgumentException e) {
      throw new Failure(ExitCode.USAGE, String.valueOf(e.getMessage()), e);
    }
  }

  private SharingOptions sharing() throws Failure {
    long bytes = sharingMemory == null ? SharingOptions.DEFAULT_MEMORY : sharingMemory;
    if (bytes < SharingOptions.LEAST_MEMORY || bytes > SharingOptions.MOST_MEMORY) {
      throw Failure.usage("--sharing-memory must be 16M to 1G, is " + bytes + " bytes");
    }
    return switch (sharing) {
      case "auto" -> new SharingOptions(SharingOptions.Mode.AUTO, bytes);
      case "on" -> new SharingOptions(SharingOptions.Mode.ON, bytes);
      case "off" -> SharingOptions.OFF;
      default -> throw Failure.usage("--sharing must be auto, on or off, is " + sharing);
    };
  }

  private PackOptions options(ExtractorHost extractors) throws IOException {
    int threads = checkWorkers(workers);
    int level = level();
    if (level < PackOptions.MIN_LEVEL || level > PackOptions.MAX_LEVEL) {
      throw Failure.usage("--level must be 1 to 22, is " + level);
    }
    long blob = blobSize;
    if (blob < PackOptions.MIN_BLOB_BYTES
        || blob > PackOptions.MAX_BLOB_BYTES
        || Long.bitCount(blob) != 1) {
      throw Failure.usage(
          "--blob-size must be a power of two from 64K to 64M, is " + blob + " bytes");
    }
    long frame = frameSize == null ? Math.min(PackOptions.DEFAULT_FRAME_BYTES, blob) : frameSize;
    if (frame < PackOptions.MIN_BLOB_BYTES || frame > blob) {
      throw Failure.usage("--frame-size must be 64K to --blob-size, is " + frame + " bytes");
    }
    long least = PackOptions.minMemoryBytes(level, threads, (int) blob);
    long bytes = memory == null ? PackOptions.AUTOMATIC_MEMORY : memory;
    if (memory != null && bytes < least) {
      long mebibytes = (least + (1 << 20) - 1) >> 20;
      throw Failure.usage(
          "--memory must be at least "
              + mebibytes
              + "M for "
              + threads
              + (threads == 1 ? " worker" : " workers")
              + ", this level and blob size, is "
              + bytes
              + " bytes");
    }
    return new PackOptions(
        level,
        fast,
        sharing(),
        threads,
        bytes,
        (int) blob,
        (int) frame,
        reproducible,
        reproducible ? PackInputs.clampNanos(streams()) : null,
        xattrs,
        oneFileSystem,
        keepGoing,
        force,
        PackInputs.filter(includes, excludes, excludeFrom, streams().in()),
        extractors,
        digests == null ? Set.of() : DigestNames.parse(digests),
        List.of(),
        "packhouse " + Version.text());
  }
}
