package io.packhouse.plugins.generic;

import io.packhouse.spi.ColumnSpec;
import io.packhouse.spi.ColumnType;
import io.packhouse.spi.ColumnType.ListOf;
import io.packhouse.spi.ColumnType.Scalar;
import io.packhouse.spi.ColumnType.StructOf;
import java.util.List;

/** The own columns of files beside packages. */
final class GenericColumns {

  static final String KIND = "kind";
  static final String FORMAT = "format";
  static final String FORMAT_VERSION = "format_version";
  static final String BELONGS_TO = "belongs_to";
  static final String DIGEST_ALGORITHM = "digest_algorithm";
  static final String DIGEST = "digest";
  static final String DIGEST_OK = "digest_ok";
  static final String NOT_CHECKED = "not_checked";
  static final String COUNT = "count";
  static final String WRONG_COUNT = "wrong_count";
  static final String CHECKSUMS = "checksums";
  static final String SERIAL = "serial";
  static final String SUBJECT_PURL = "subject_purl";
  static final String PREDICATE_TYPE = "predicate_type";
  static final String PUBLISHER = "publisher";
  static final String REFS = "refs";
  static final String PREREQUISITES = "prerequisites";

  static final String CHECKSUM_NAME = "name";
  static final String CHECKSUM_DIGEST = "digest";
  static final String CHECKSUM_OK = "ok";

  static final List<ColumnSpec> ALL =
      List.of(
          string(
              KIND,
              "What the file is: checksum, checksum-list, signature, public-key, attestation, sbom,"
                  + " lock-file or git-bundle."),
          string(
              FORMAT,
              "Its notation: plain, gnu, bsd or gpg of checksums; openpgp and the like of"
                  + " signatures; cyclonedx-json and the like of SBOMs; the tool of a lock file."),
          string(FORMAT_VERSION, "The version of that notation, as the file states it."),
          string(
              BELONGS_TO,
              "The path in the tree of the file that it is about, by its name or what it says; that"
                  + " file need not be there."),
          string(DIGEST_ALGORITHM, "Of the recorded digest: md5, sha1, sha256, sha384 or sha512."),
          string(DIGEST, "The digest that the file records, in lower-case hexadecimal digits."),
          bool(
              DIGEST_OK,
              "Whether the file it belongs to has the recorded digest; of a list, whether all files"
                  + " that were checked have; null where none was."),
          string(
              NOT_CHECKED,
              "Why a recorded digest was not checked: missing, too-large or unreadable; of a list"
                  + " the first such reason."),
          new ColumnSpec(
              COUNT,
              Scalar.INT64,
              "How many: lines of a checksum list, attestations, components of an SBOM, packages of"
                  + " a lock file, refs of a git bundle."),
          new ColumnSpec(
              WRONG_COUNT, Scalar.INT64, "How many digests of a checksum list were wrong."),
          new ColumnSpec(
              CHECKSUMS,
              new ListOf(
                  new StructOf(
                      List.of(
                          string(CHECKSUM_NAME, "The name of the file as the list has it."),
                          string(CHECKSUM_DIGEST, "Its recorded digest."),
                          bool(CHECKSUM_OK, "Whether it is right; null where not checked.")))),
              "The first lines of a checksum list."),
          string(SERIAL, "The serial number or namespace of an SBOM."),
          string(SUBJECT_PURL, "The purl of the component that an SBOM is about, as it states it."),
          string(PREDICATE_TYPE, "What kind of statement an attestation makes."),
          string(PUBLISHER, "Who published, by an attestation's provenance: kind and repository."),
          strings(REFS, "Object id and name of each ref of a git bundle."),
          strings(PREREQUISITES, "Object ids that a git bundle needs to be there already."));

  private GenericColumns() {}

  private static ColumnSpec string(String name, String meaning) {
    return new ColumnSpec(name, Scalar.STRING, meaning);
  }

  private static ColumnSpec strings(String name, String meaning) {
    ColumnType type = new ListOf(Scalar.STRING);
    return new ColumnSpec(name, type, meaning);
  }

  private static ColumnSpec bool(String name, String meaning) {
    return new ColumnSpec(name, Scalar.BOOL, meaning);
  }
}
