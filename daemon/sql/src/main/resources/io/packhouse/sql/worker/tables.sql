-- The tables of a segment. Those of one package type, TYPE_packages, come with the archives that have such packages.
CREATE SCHEMA stored;

CREATE TABLE stored.archives (
  archive VARCHAR, path VARCHAR, id VARCHAR, format_version VARCHAR, producer VARCHAR, packed_at TIMESTAMP,
  options VARCHAR, archive_bytes BIGINT, entries BIGINT, files BIGINT, directories BIGINT, symlinks BIGINT,
  hardlinks BIGINT, specials BIGINT, nested BIGINT, failed BIGINT, bytes BIGINT, packages BIGINT, blobs BIGINT,
  stored_bytes BIGINT, decoded_bytes BIGINT, index_bytes BIGINT);

CREATE TABLE stored.entries (
  archive VARCHAR, path VARCHAR, path_raw BLOB, type VARCHAR, status VARCHAR, error VARCHAR, size BIGINT, mode INTEGER,
  mtime TIMESTAMP, uid BIGINT, gid BIGINT, user_name VARCHAR, group_name VARCHAR, link_target VARCHAR,
  link_target_raw BLOB, device_major BIGINT, device_minor BIGINT, xattrs STRUCT("name" VARCHAR, "value" BLOB)[],
  blake3 VARCHAR, sha1 VARCHAR, sha256 VARCHAR, sha512 VARCHAR, repository VARCHAR, purl VARCHAR,
  package_type VARCHAR, parent_path VARCHAR, extent_count BIGINT);

CREATE TABLE stored.packages (
  archive VARCHAR, path VARCHAR, repository VARCHAR, purl VARCHAR, package_type VARCHAR, namespace VARCHAR,
  name VARCHAR, version VARCHAR, license VARCHAR, licenses_declared VARCHAR[], authors VARCHAR[], description VARCHAR,
  homepage VARCHAR, vcs_url VARCHAR, parent_path VARCHAR, parent_purl VARCHAR, extract_status VARCHAR,
  extract_error VARCHAR, published TIMESTAMP, nested BOOLEAN, dependency_count BIGINT);

CREATE TABLE stored.dependencies (
  archive VARCHAR, path VARCHAR, package_purl VARCHAR, package_type VARCHAR, ordinal BIGINT, purl VARCHAR,
  name VARCHAR, requirement VARCHAR, scope VARCHAR, optional BOOLEAN);

CREATE TABLE stored.extents (
  archive VARCHAR, path VARCHAR, ordinal BIGINT, blob BIGINT, "offset" BIGINT, length BIGINT);

CREATE TABLE stored.blobs (
  archive VARCHAR, blob BIGINT, "offset" BIGINT, stored_length BIGINT, decoded_length BIGINT, codec VARCHAR,
  blake3 VARCHAR);
