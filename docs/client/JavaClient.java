import io.packhouse.remote.PackhouseClient;
import io.packhouse.remote.RemoteOperation;
import io.packhouse.remote.TreeOptions;
import io.packhouse.v1.EntryRange;
import io.packhouse.v1.PackArchiveResponse;
import io.packhouse.v1.PackStreamStart;
import io.packhouse.v1.ReadEntriesRequest;
import io.packhouse.v1.ReadEntriesResponse;
import io.packhouse.v1.RemoveArchiveRequest;
import io.packhouse.v1.VerifyArchiveRequest;
import io.packhouse.v1.VerifyArchiveResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Iterator;

/** Packs a tree, verifies and watches, reads a file, cancels, and removes what it made. */
public final class JavaClient {
  public static void main(String[] args) throws Exception {
    String archive = args[2];
    // With a token or TLS: PackhouseClient.connect(ClientOptions.of(...).withToken(...)).
    try (PackhouseClient client = PackhouseClient.connect(args[0])) {
      PackStreamStart start = PackStreamStart.newBuilder().setArchive(archive).build();
      PackArchiveResponse report =
          client
              .transfers()
              .packTree(
                  Path.of(args[1]),
                  start,
                  TreeOptions.ALL,
                  progress -> System.out.println(progress.getBytesDone() + " bytes packed"));
      System.out.println("packed " + report.getFiles() + " files; id " + report.getId());

      VerifyArchiveRequest verify = VerifyArchiveRequest.newBuilder().setArchive(archive).build();
      VerifyArchiveResponse verified =
          client
              .verify(verify)
              .await(
                  Duration.ofMillis(100),
                  progress -> System.out.println(progress.getEntriesDone() + " entries verified"));
      System.out.println("intact: " + verified.getIntact());

      ReadEntriesRequest read =
          ReadEntriesRequest.newBuilder()
              .setArchive(archive)
              .addRanges(EntryRange.newBuilder().setPath(args[3]))
              .build();
      Iterator<ReadEntriesResponse> answers = client.entries().readEntries(read);
      long bytes = 0;
      while (answers.hasNext()) {
        ReadEntriesResponse answer = answers.next();
        if (answer.hasError()) {
          throw new IllegalStateException(answer.getError().getMessage());
        }
        bytes += answer.getData().size();
      }
      System.out.println("read " + args[3] + ": " + bytes + " bytes");

      RemoteOperation<VerifyArchiveResponse> again = client.verify(verify);
      again.cancel();
      System.out.println("asked to end: " + again.name());

      client
          .catalog()
          .removeArchive(
              RemoveArchiveRequest.newBuilder().setName(archive).setId(report.getId()).build());
    }
  }
}
