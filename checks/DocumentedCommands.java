import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Runs the commands that the documentation shows: {@code java checks/DocumentedCommands.java
 * PACKHOUSE [DOCUMENT...]}, from the root, after a build.
 *
 * <p>Each document has one shell, in a folder of its own with a small Maven repository in {@code
 * repository} (and in {@code ~/.m2}), an npm package in {@code npm} and a text in {@code texts}.
 * Run are lines after {@code $} in fenced blocks, and all lines of blocks of the language {@code
 * sh}. Comments before a block, which no reader sees, say more:
 *
 * <pre>
 * &lt;!-- not run: REASON --&gt;     the block is not run
 * &lt;!-- first: COMMANDS --&gt;     run before the block
 * &lt;!-- exits: 0 3 --&gt;          exit codes of its commands, where one is not 0
 * </pre>
 *
 * <p>Commands in Python whose modules are not there are not run. Further, options of Packhouse in
 * the text must be in its help, tests that are named must be there, and so must what links lead to.
 */
public final class DocumentedCommands {
  private static final Pattern COMMENT =
      Pattern.compile("<!--\\s*(not run|first|exits):(.*?)-->", Pattern.DOTALL);
  private static final Pattern ADMINISTRATION =
      Pattern.compile(
          "(?m)^(?:sudo|systemctl|systemd-\\S+|journalctl|apt|apt-get|apt-cache|dpkg|dnf|yum|rpm|usermod|useradd|groupadd|setfacl|install|chown|promtool)"
              + " .*|^[a-z].*[ =:]/(?:etc|usr|run|var|srv)/.*");
  private static final Pattern UNMARKED =
      Pattern.compile(
          "(?:packhoused?|\\./packhouse|pip|python3?|go|mvn|grpcurl|curl|daemon/benchmarks/\\S+|plugins/\\S+/\\S+)"
              + " .*");

  /** Where all options are Packhouse's own; elsewhere other programs' are meant, too. */
  private static final Set<String> OPTIONS_OF_OTHERS =
      Set.of(
          "performance.md",
          "whole-commands.md",
          "fuzzing.md",
          "extractors.md",
          "architecture.md",
          "flight-sql.md");

  private record Block(
      int line, String reason, String first, List<Integer> exits, List<Command> commands) {}

  private record Command(int line, String text) {}

  private final Path root = Path.of("").toAbsolutePath();
  private final Path launcher;
  private final Path work;
  private final List<String> problems = new ArrayList<>();
  private final Set<String> options = new TreeSet<>();
  private int ran;
  private int skipped;

  private DocumentedCommands(Path launcher, Path work) {
    this.launcher = launcher;
    this.work = work;
  }

  public static void main(String[] arguments) throws Exception {
    Path work = Files.createTempDirectory("docs-");
    DocumentedCommands checker =
        new DocumentedCommands(Path.of(arguments[0]).toAbsolutePath(), work);
    try {
      checker.prepare();
      for (Path document : checker.documents(arguments)) {
        checker.check(document);
      }
    } finally {
      try (Stream<Path> files = Files.walk(work, new FileVisitOption[0])) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
    System.out.printf(
        "%d commands ran, %d blocks and commands did not%n", checker.ran, checker.skipped);
    checker.problems.forEach(System.out::println);
    System.exit(checker.problems.isEmpty() ? 0 : 1);
  }

  private List<Path> documents(String[] arguments) throws IOException {
    if (arguments.length > 1) {
      return Stream.of(arguments).skip(1).map(root::resolve).toList();
    }
    List<Path> documents = new ArrayList<>(List.of(root.resolve("README.md")));
    try (Stream<Path> files = Files.walk(root.resolve("docs"))) {
      files.filter(file -> file.toString().endsWith(".md")).sorted().forEach(documents::add);
    }
    return documents;
  }

  private void prepare() throws Exception {
    String slf4j = "org/slf4j/slf4j-api/2.0.17";
    String script =
        """
        mkdir -m 700 run && mkdir -p bin tree/repository/%1$s tree/npm tree/texts tree/home/.m2 package
        ln -s '%2$s' bin/packhouse
        cp -R "${MAVEN_REPOSITORY:-$HOME/.m2/repository}/%1$s/." tree/repository/%1$s/
        (cd tree/repository/%1$s && [ -e slf4j-api-2.0.17.jar.sha1 ] || sha1sum slf4j-api-2.0.17.jar | cut -c-40 > slf4j-api-2.0.17.jar.sha1)
        ln -s ../../repository tree/home/.m2/repository
        echo 'Nothing but text.' > tree/texts/note.txt
        echo '{"name": "left", "version": "1.2.3", "license": "MIT", "dependencies": {"right": "^1.0.0"},
          "scripts": {"install": "true"}}' > package/package.json
        tar -czf tree/npm/left-1.2.3.tgz package
        packhouse help > help
        for command in $(sed -n 's/^  \\([a-z]*\\)  .*/\\1/p' help); do packhouse $command --help; done >> help
        for command in 'plugins try' 'catalog describe' 'catalog upload' 'catalog download' 'catalog remove' 'token create'; do
          packhouse $command --help
        done >> help
        libraries=$(dirname '%2$s')/../lib
        '%3$s' -cp "$libraries/*:$libraries/daemon/*" io.packhouse.server.Packhoused --help >> help
        """
            .formatted(slf4j, launcher, Path.of(System.getProperty("java.home"), "bin", "java"));
    String output = shell(work, "set -e\nPATH=$PWD/bin:$PATH\n" + script, System.getenv("HOME"));
    if (!output.isEmpty()) {
      throw new IOException("cannot prepare: " + output);
    }
    Matcher option =
        Pattern.compile("--[a-z][a-z0-9-]*").matcher(Files.readString(work.resolve("help")));
    while (option.find()) {
      options.add(option.group());
    }
  }

  private void check(Path document) throws Exception {
    String name = root.relativize(document).toString();
    String text = Files.readString(document);
    List<Block> blocks = blocks(name, text);
    checkText(name, document, text);
    StringBuilder script = new StringBuilder("failed=0; ran=0; skipped=0\n" + FUNCTIONS);
    for (Block block : blocks) {
      String first =
          block.commands.isEmpty()
              ? "?"
              : block.commands.getFirst().text.lines().findFirst().orElse("");
      if (block.reason != null) {
        skipped++;
        System.out.printf("%s:%d: not run: %s: %s%n", name, block.line, block.reason, first);
        continue;
      }
      if (!block.first.isBlank()) {
        script.append(call(name, block.line, 0, block.first));
      }
      if (!block.exits.isEmpty() && block.exits.size() != block.commands.size()) {
        problems.add(
            "%s:%d: %d exit codes for %d commands"
                .formatted(name, block.line, block.exits.size(), block.commands.size()));
        continue;
      }
      for (int i = 0; i < block.commands.size(); i++) {
        Command command = block.commands.get(i);
        script.append(
            call(name, command.line, block.exits.isEmpty() ? 0 : block.exits.get(i), command.text));
      }
    }
    script.append("kill $(jobs -p) 2> /dev/null; wait\necho \"ran $ran $skipped\"\n");
    if (blocks.stream().noneMatch(block -> block.reason == null)) {
      return;
    }
    Path folder = work.resolve("document");
    String output =
        shell(
            work,
            "rm -rf document state run/*; cp -a tree document; cd document\n" + script,
            folder + "/home");
    for (String line : output.lines().toList()) {
      Matcher counts = Pattern.compile("ran (\\d+) (\\d+)").matcher(line);
      if (counts.matches()) {
        ran += Integer.parseInt(counts.group(1));
        skipped += Integer.parseInt(counts.group(2));
        System.out.printf("%s: %s commands ran%n", name, counts.group(1));
      } else if (line.contains(": not run: ")) {
        System.out.println(line);
      } else {
        problems.add(line);
      }
    }
  }

  /**
   * Takes a place, an exit code and a command: runs it in this shell, and prints what is not as it
   * should be.
   */
  private static final String FUNCTIONS =
      """
      documented() {
        for module in $(printf '%s\\n' "$3" | grep -oE '(^|[^a-z])import [a-z]+' | sed 's/.* //'); do
          if ! python3 -c "import $module" 2> /dev/null; then
            echo "$1: not run: Python has no $module"; skipped=$((skipped + 1)); return
          fi
        done
        ran=$((ran + 1))
        case $3 in
          *'&')
            : > ../background.log # What the last one said is no sign of this one.
            eval "${3%&} > ../background.log 2>&1 &"
            until grep -q '^listening on' ../background.log; do
              if ! kill -0 $! 2> /dev/null; then echo "$1: it ended: $3"; cat ../background.log; return; fi
              sleep 0.1
            done
            return ;;
        esac
        eval "$3" > ../output 2>&1 < /dev/null
        code=$?
        [ $code = $2 ] || { echo "$1: exit code $code instead of $2: $3"; tail -n 5 ../output | sed 's/^/    /'; }
      }
      """;

  private static String call(String document, int line, int exit, String command) {
    return "documented '%s:%d' %d '%s'\n"
        .formatted(document, line, exit, command.strip().replace("'", "'\\''"));
  }

  private String shell(Path folder, String script, String home)
      throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder("bash", "-c", script)
            .directory(folder.toFile())
            .redirectErrorStream(true);
    var environment = builder.environment();
    environment.keySet().removeIf(key -> key.startsWith("PACKHOUSE") || key.startsWith("XDG_"));
    environment.put("PATH", work.resolve("bin") + ":" + environment.get("PATH"));
    environment.put("HOME", home);
    environment.put("XDG_RUNTIME_DIR", work.resolve("run").toString());
    // Of root it would be the machine's.
    environment.put("PACKHOUSED_STATE", work.resolve("state").toString());
    Path output = work.resolve("shell.out");
    Process process = builder.redirectOutput(output.toFile()).start();
    if (!process.waitFor(10, TimeUnit.MINUTES)) {
      process.destroyForcibly().waitFor();
      problems.add("ended after 10 minutes: " + Files.readString(work.resolve("output")));
    }
    return Files.readString(output);
  }

  private List<Block> blocks(String name, String text) {
    List<Block> blocks = new ArrayList<>();
    String[] lines = text.split("\n", -1);
    StringBuilder before = new StringBuilder();
    for (int i = 0; i < lines.length; i++) {
      String fence = lines[i].strip();
      if (!fence.startsWith("```")) {
        boolean comment =
            fence.startsWith("<!--") || before.lastIndexOf("<!--") > before.lastIndexOf("-->");
        if (!fence.isEmpty() && !comment) {
          before.setLength(0);
        }
        before.append(lines[i]).append('\n');
        continue;
      }
      int begin = i + 1;
      for (i++; !lines[i].strip().startsWith("```"); i++) {}
      List<Command> commands = commands(name, fence.substring(3), lines, begin, i);
      if (!commands.isEmpty()) {
        blocks.add(block(begin, before.toString(), commands));
      }
      before.setLength(0);
    }
    return blocks;
  }

  private List<Command> commands(String name, String language, String[] lines, int begin, int end) {
    List<Command> commands = new ArrayList<>();
    String block = String.join("\n", List.of(lines).subList(begin, end));
    boolean shell =
        language.equals("sh")
            || language.isEmpty()
                && ADMINISTRATION.matcher(block).find()
                && !block.startsWith("$ ");
    for (int i = begin; i < end; i++) {
      boolean prompt = lines[i].startsWith("$ ");
      if (language.isEmpty()
          && !prompt
          && commands.isEmpty()
          && UNMARKED.matcher(lines[i]).matches()) {
        problems.add(
            "%s:%d: not known to be a command; give the block the language sh, or prompts: %s"
                .formatted(name, i + 1, lines[i]));
      }
      if (!(prompt && language.isEmpty())
          && !(shell && !lines[i].isBlank() && !lines[i].startsWith("#"))) {
        continue;
      }
      int line = i + 1;
      StringBuilder command = new StringBuilder(prompt ? lines[i].substring(2) : lines[i]);
      while (i + 1 < end && (command.toString().endsWith("\\") || isOpen(command.toString()))) {
        command.append('\n').append(lines[++i]);
      }
      commands.add(new Command(line, command.toString()));
    }
    return commands;
  }

  /** Whether a quote is open at its end. */
  private static boolean isOpen(String command) {
    char quote = 0;
    for (char c : command.toCharArray()) {
      if (quote == 0 && (c == '\'' || c == '"')) {
        quote = c;
      } else if (c == quote) {
        quote = 0;
      }
    }
    return quote != 0;
  }

  private static Block block(int line, String before, List<Command> commands) {
    String reason = null;
    StringBuilder first = new StringBuilder();
    List<Integer> exits = List.of();
    Matcher comment = COMMENT.matcher(before);
    while (comment.find()) {
      String value = comment.group(2).strip();
      switch (comment.group(1)) {
        case "not run" -> reason = value;
        case "first" -> first.append(value).append('\n');
        default -> exits = Stream.of(value.split("\\s+")).map(Integer::valueOf).toList();
      }
    }
    String all = commands.stream().map(Command::text).collect(Collectors.joining("\n"));
    if (reason == null && ADMINISTRATION.matcher(all).find()) {
      reason = "administers a machine";
    }
    return new Block(line, reason, first.toString(), exits, commands);
  }

  private void checkText(String name, Path document, String text) throws IOException {
    String prose = text.replaceAll("(?ms)^```.*?^```", "").replaceAll("(?s)<!--.*?-->", "");
    Matcher code = Pattern.compile("`([^`\n]+)`").matcher(prose);
    while (code.find()) {
      if (code.group(1).matches("\\w+Test") && !testExists(code.group(1))) {
        problems.add(name + ": there is no " + code.group(1));
      }
      boolean own =
          code.group(1).matches("(packhoused? |--).*")
              && !OPTIONS_OF_OTHERS.contains(document.getFileName().toString());
      Matcher option = Pattern.compile("(?<!\\S)--[a-z][a-z0-9-]*").matcher(code.group(1));
      while (own && option.find()) {
        if (!options.contains(option.group())) {
          problems.add(
              "%s: no command has %s (in `%s`)".formatted(name, option.group(), code.group(1)));
        }
      }
    }
    Matcher link = Pattern.compile("\\]\\(([^)#:\\s]+)(?:#([^)\\s]*))?\\)").matcher(prose);
    while (link.find()) {
      Path target = document.resolveSibling(link.group(1)).normalize();
      if (!Files.exists(target)) {
        problems.add(name + ": links to " + link.group(1) + ", which is not there");
      }
    }
  }

  private boolean testExists(String test) throws IOException {
    for (String folder : List.of("client", "daemon", "plugins", "plugins-spi", "proto")) {
      try (Stream<Path> files = Files.walk(root.resolve(folder))) {
        if (files.anyMatch(file -> file.endsWith(test + ".java"))) {
          return true;
        }
      }
    }
    return false;
  }
}
