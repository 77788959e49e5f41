package dev.kindling.spark;

import dev.kindling.forward.ProbePlan;
import dev.kindling.recipe.Recipe;
import java.io.Serializable;

/**
 * A start of a model that is to be diagnosed.
 *
 * @param plan how its graph is looked at
 * @param recipe its tensors
 */
public record Start(ProbePlan plan, Recipe recipe) implements Serializable {}
