package io.packhouse.sql.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.duckdb.DuckDBConnection;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class VersionFunctionsTest {
  private DuckDBConnection connection;

  @BeforeEach
  void open() throws SQLException {
    connection = database();
  }

  @AfterEach
  void close() throws SQLException {
    connection.close();
  }

  private static DuckDBConnection database() throws SQLException {
    DuckDBConnection opened = (DuckDBConnection) DriverManager.getConnection("jdbc:duckdb:");
    VersionFunctions.register(opened);
    try (Statement statement = opened.createStatement()) {
      statement.execute("SET enable_external_access = false");
      statement.execute("SET lock_configuration = true");
    }
    return opened;
  }

  private static List<String> column(DuckDBConnection connection, String sql) throws SQLException {
    List<String> values = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      while (result.next()) {
        values.add(String.valueOf(result.getObject(1)));
      }
    }
    return values;
  }

  private List<String> column(String sql) throws SQLException {
    return column(connection, sql);
  }

  @Test
  void versionsAreComparedInTheOrderOfEachRowsEcosystem() throws SQLException {
    assertThat(
            column(
                "SELECT version_compare(e, a, b) FROM (VALUES ('deb', '1.0~rc1', '1.0'),"
                    + " ('rpm', '1.0^git', '1.0'), ('maven', '1.0', '1'), (NULL, '1', '2'),"
                    + " ('npm', NULL, '2'), ('npm', '1', NULL)) t(e, a, b)"))
        .containsExactly("-1", "1", "0", "null", "null", "null");
    assertThat(column("SELECT version_compare('npm', NULL, '1')")).containsExactly("null");
    assertThat(
            column(
                "SELECT version_in(e, v, r) FROM (VALUES ('maven', '2.14.1', '>=2.0,<2.17.1'),"
                    + " ('maven', '2.17.1', 'vers:maven/>=2.0|<2.17.1'), (NULL, '1', '*'),"
                    + " ('npm', NULL, '*'), ('npm', '1', NULL), ('npm', '1', '*')) t(e, v, r)"))
        .containsExactly("true", "false", "null", "null", "null", "true");
  }

  @Test
  void manyRowsOfManyRangesAreEachAnsweredByTheirOwn() throws SQLException {
    assertThat(
            column(
                "SELECT count(*) FROM range(100000) t(i) WHERE"
                    + " version_in('npm', '1.' || i % 1000 || '.0', '>=1.' || i % 500 || '.0')"))
        .containsExactly("100000");
    assertThat(
            column(
                "SELECT count(*) FROM range(100) t(i) WHERE version_in('npm', '1.' || i || '.5',"
                    + " (SELECT string_agg('1.' || j || '.5', '|') FROM range(3000) u(j)) || '|2.'"
                    + " || i)"))
        .containsExactly("100");
    assertThat(
            column(
                "SELECT count(*) FROM range(100000) t(i) WHERE"
                    + " version_compare('pypi', '1.' || i, '1.50000') < 0"))
        .containsExactly("50000");
  }

  @Test
  void whatIsNoRangeEndsItsQueryWithTheReasonAndNoOther() throws SQLException {
    for (String sql :
        List.of(
            "SELECT version_in('npm', '1', '>=1|>=2')",
            "SELECT version_in('npm', '1.' || i, '>=1|>=2') FROM range(10000) t(i)")) {
      assertThatThrownBy(() -> column(sql))
          .isInstanceOf(SQLException.class)
          .satisfies(
              e ->
                  assertThat(e.getMessage().strip())
                      .endsWith(
                          "'>=1|>=2' is not a range of versions: '>=1' and '>=2' bound it on the"
                              + " same side, with nothing between")
                      .doesNotContain("io.packhouse"));
      assertThat(column("SELECT version_in('npm', '1', '>=1')")).containsExactly("true");
    }
    assertThat(column("SELECT TRY(version_in('npm', '1', r)) FROM (VALUES ('<2'), ('^1')) t(r)"))
        .containsExactly("true", "null");
  }

  @Test
  void constantsAreComputedBeforeTheQueryRuns() throws SQLException {
    assertThat(column("EXPLAIN SELECT version_compare('npm', '1', '2') FROM range(10)"))
        .noneMatch(plan -> plan.contains("version_compare"));
  }

  @Test
  void everyDatabaseOfAProcessHasTheFunctions() throws SQLException {
    String sql = "SELECT version_compare('npm', '1.10.0', '1.9.0')";
    VersionFunctions.register(connection);
    try (DuckDBConnection other = database();
        DuckDBConnection second = other.duplicate()) {
      assertThat(column(other, sql)).containsExactly("1");
      assertThat(column(second, sql)).containsExactly("1");
      connection.close();
      assertThat(column(other, sql)).containsExactly("1");
    }
    connection = database();
    assertThat(column(sql)).containsExactly("1");
  }
}
