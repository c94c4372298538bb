package io.packhouse.engine.pack;

import static org.assertj.core.api.Assertions.assertThat;

import io.packhouse.engine.read.ArchiveReader;
import io.packhouse.engine.read.sharing.SharingReport;
import io.packhouse.engine.read.sharing.SharingSurvey;
import org.junit.jupiter.api.Test;

class SharingSurveyTest extends PackFixture {

  @Test
  void saysWhoTakesWhatFromWhom() throws Exception {
    byte[] contents = Bytes.random(1, 50_000);
    file("a.jar", contents);
    contents[25_000]++;
    file("b.jar", contents);
    file("c.jar", contents);
    file("d.txt", Bytes.text(1, 3_000));
    file("e.bin", Bytes.random(2, 40_000));
    file("zero", new byte[2 * BLOB]);

    PackReport packed = pack(options());

    try (ArchiveReader reader = ArchiveReader.open(output)) {
      SharingReport report = new SharingSurvey(reader, 2).run();
      assertThat(report.files()).isEqualTo(6);
      assertThat(report.bytes()).isEqualTo(packed.bytesIn());
      assertThat(report.holeBytes()).isEqualTo(2L * BLOB);
      assertThat(report.extents()).isEqualTo(packed.extents());
      assertThat(report.splitFiles()).isEqualTo(2);
      assertThat(report.mostExtents()).isEqualTo(3);
      assertThat(report.partBytes()).isEqualTo(packed.sharedBytes()).isEqualTo(49_999);
      assertThat(report.wholeBytes()).isEqualTo(50_000);
      assertThat(report.takers())
          .containsExactly(
              new SharingReport.Taker("c.jar", 50_000, 50_000, "a.jar", 49_999),
              new SharingReport.Taker("b.jar", 50_000, 49_999, "a.jar", 49_999));
      assertThat(report.givers())
          .containsExactly(
              new SharingReport.Giver("a.jar", 50_000, 2 * 49_999),
              new SharingReport.Giver("b.jar", 50_000, 1));
    }
  }

  @Test
  void anArchiveThatSharesNothingSaysSo() throws Exception {
    file("a.jar", Bytes.random(1, 50_000));
    pack(options());

    try (ArchiveReader reader = ArchiveReader.open(output)) {
      SharingReport report = new SharingSurvey(reader, 10).run();
      assertThat(report.partBytes() + report.wholeBytes()).isZero();
      assertThat(report.takers()).isEmpty();
      assertThat(report.givers()).isEmpty();
    }
  }
}
