package dev.kindling.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kindling.base.InputException;
import java.nio.file.Path;
import org.apache.spark.sql.AnalysisException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A query in a configuration reads and does nothing else. */
class SqlQueryTest {
  @TempDir Path folder;

  @Test
  void queriesRead() throws Exception {
    String query =
        "with a as (select id from range(5)) select sum(id) from a where id in (select 3)";
    assertThat(SqlQuery.open(TestSpark.session(), query).first().getLong(0)).isEqualTo(3);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "insert overwrite directory 'OUT' using csv select 1",
        "create table t using csv location 'OUT' as select 1",
        "from range(3) insert into t select id",
        "from range(3) insert into t select id insert into u select id",
        "with a as (select 1) insert into t select * from a",
        "add jar 'OUT/x.jar'",
        "create temporary function f as 'java.lang.Runtime'",
        "set spark.driver.extraJavaOptions=x",
        "select transform(id) using 'cat' as (x string) from range(3)",
        "select * from (select transform(id) using 'touch OUT' as (x string) from range(3))",
        "explain select 1"
      })
  void whatElseTheyDoIsRefused(String query) {
    String named = query.replace("OUT", folder.resolve("out").toString());
    assertThatThrownBy(() -> SqlQuery.open(TestSpark.session(), named))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("it does more than to read");
    assertThat(folder.resolve("out")).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "select reflect('java.lang.System', 'getProperty', 'user.name')",
        "select java_method('java.lang.System', 'getenv', 'HOME')",
        "select try_reflect('java.lang.System', 'getProperty', 'user.name')",
        "select 1 where '' = (select reflect('java.lang.System', 'lineSeparator'))"
      })
  void methodsOfJavaAreNotCalled(String query) {
    assertThatThrownBy(() -> SqlQuery.open(TestSpark.session(), query))
        .isInstanceOf(AnalysisException.class)
        .hasMessageContaining("UNRESOLVED_ROUTINE");
  }
}
