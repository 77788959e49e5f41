package dev.kindling.spark;

import dev.kindling.base.InputException;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.FunctionIdentifier;
import org.apache.spark.sql.catalyst.analysis.FunctionRegistry;
import org.apache.spark.sql.catalyst.plans.logical.Command;
import org.apache.spark.sql.catalyst.plans.logical.InsertIntoDir;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.catalyst.plans.logical.ParsedStatement;
import org.apache.spark.sql.catalyst.plans.logical.ScriptTransformation;
import scala.jdk.javaapi.CollectionConverters;

/** A query that only reads: it changes nothing, starts no program and calls no method of Java. */
final class SqlQuery {
  private static final List<String> CALLS_OF_JAVA =
      List.of("reflect", "try_reflect", "java_method");

  private SqlQuery() {}

  /**
   * Returns the rows of a query.
   *
   * @throws InputException if it is anything else
   */
  static Dataset<Row> open(SparkSession spark, String query) throws Exception {
    if (parts(spark.sessionState().sqlParser().parsePlan(query)).anyMatch(SqlQuery::acts)) {
      throw new InputException(
          "Cannot read data of the query '%s': it does more than to read (expected select ... from ...)"
              .formatted(query));
    }
    FunctionRegistry functions = spark.sessionState().functionRegistry();
    CALLS_OF_JAVA.forEach(name -> functions.dropFunction(new FunctionIdentifier(name)));
    return spark.sql(query);
  }

  private static Stream<LogicalPlan> parts(LogicalPlan plan) {
    Stream<LogicalPlan> below =
        Stream.of(plan.children(), plan.innerChildren())
            .flatMap(children -> CollectionConverters.asJava(children).stream())
            .filter(LogicalPlan.class::isInstance)
            .map(LogicalPlan.class::cast);
    return Stream.concat(Stream.of(plan), below.flatMap(SqlQuery::parts));
  }

  private static boolean acts(LogicalPlan part) {
    return part instanceof Command
        || part instanceof ParsedStatement
        || part instanceof InsertIntoDir
        || part instanceof ScriptTransformation;
  }
}
