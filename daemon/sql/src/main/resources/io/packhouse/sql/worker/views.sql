CREATE TABLE unready_archives (archive VARCHAR, state VARCHAR, problem VARCHAR);

-- Parts of a package URL, as https://github.com/package-url/purl-spec has them; null where there is none.
CREATE MACRO purl_type(p) AS nullif(lower(regexp_extract(p, '^pkg:/*([^/@?#]+)/', 1)), '');
CREATE MACRO purl_namespace(p) AS
  nullif(url_decode(regexp_extract(p, '^pkg:/*[^/@?#]+/([^@?#]+)/[^/@?#]+', 1)), '');
CREATE MACRO purl_name(p) AS
  nullif(url_decode(regexp_extract(p, '^pkg:/*[^/@?#]+/(?:[^@?#]+/)?([^/@?#]+)', 1)), '');
CREATE MACRO purl_version(p) AS nullif(url_decode(regexp_extract(p, '^[^@?#]+@([^?#]+)', 1)), '');

-- Digests of all files would take much memory; their hashes do not, and few files are left to look at.
CREATE VIEW duplicates AS
  SELECT blake3, any_value(size) AS size, count(*) AS copies, count(DISTINCT archive) AS archives,
    (count(*) - 1) * any_value(size) AS further_bytes, min(path) AS first_path
  FROM entries
  WHERE size > 0 AND hash(blake3) IN (
    SELECT hash(blake3) FROM entries WHERE blake3 IS NOT NULL AND size > 0 GROUP BY 1 HAVING count(*) > 1)
  GROUP BY blake3
  HAVING count(*) > 1;

CREATE VIEW licenses AS
  SELECT archive, package_type, license, count(*) AS packages
  FROM packages
  GROUP BY archive, package_type, license;

CREATE MACRO changes(old_archive, new_archive) AS TABLE
  SELECT coalesce(o.path, n.path) AS path,
    CASE WHEN o.path IS NULL THEN 'added' WHEN n.path IS NULL THEN 'removed' ELSE 'changed' END AS change,
    o.type AS old_type, n.type AS new_type, o.size AS old_size, n.size AS new_size,
    o.blake3 AS old_blake3, n.blake3 AS new_blake3, o.purl AS old_purl, n.purl AS new_purl
  FROM (SELECT * FROM entries e WHERE e.archive = old_archive) o
  FULL JOIN (SELECT * FROM entries e WHERE e.archive = new_archive) n ON o.path = n.path
  WHERE o.type IS DISTINCT FROM n.type OR o.blake3 IS DISTINCT FROM n.blake3
    OR o.link_target IS DISTINCT FROM n.link_target OR o.purl IS DISTINCT FROM n.purl;

CREATE MACRO vulnerable_candidates(pattern) AS TABLE
  SELECT archive, path, purl, namespace, name, version, nested, parent_path, parent_purl
  FROM packages
  WHERE purl GLOB pattern;
