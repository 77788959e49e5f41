package dev.kindling.calibrate;

import dev.kindling.recipe.PerChannel;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Which output channels of a layer are judged together, as consecutive ranges.
 *
 * @param ends for each group one past its last channel; empty if all channels are one group
 */
public record ChannelGroups(List<Integer> ends) implements Serializable {
  /** All channels together. */
  public static final ChannelGroups TOGETHER = new ChannelGroups(List.of());

  public ChannelGroups {
    ends = List.copyOf(ends);
  }

  /** Returns groups of one channel each. */
  public static ChannelGroups each(int channels) {
    return new ChannelGroups(IntStream.rangeClosed(1, channels).boxed().toList());
  }

  /** Returns whether there is only one group. */
  public boolean areOne() {
    return ends.size() <= 1;
  }

  /** Returns the number of groups. */
  public int count() {
    return Math.max(1, ends.size());
  }

  /** Returns the first channel of a group. */
  public int from(int group) {
    return group == 0 ? 0 : ends.get(group - 1);
  }

  /** Returns one past the last channel of a group of a layer with so many channels. */
  public int to(int group, int channels) {
    return ends.isEmpty() ? channels : ends.get(group);
  }

  /** Returns the group of a channel. */
  public int groupOf(int channel) {
    int group = 0;
    while (group < ends.size() && ends.get(group) <= channel) {
      group++;
    }
    return group;
  }

  /** Returns those of a range of channels, counted from its first. */
  public ChannelGroups within(int from, int to) {
    return new ChannelGroups(
        ends.isEmpty()
            ? List.of()
            : IntStream.rangeClosed(groupOf(from), groupOf(to - 1))
                .mapToObj(group -> Math.min(to, ends.get(group)) - from)
                .toList());
  }

  /** Returns a number per group as one per channel. */
  public PerChannel spread(List<Double> numbers) {
    if (areOne()) {
      return PerChannel.all(numbers.get(0));
    }
    List<Double> channels = new ArrayList<>();
    for (int group = 0; group < ends.size(); group++) {
      for (int channel = from(group); channel < ends.get(group); channel++) {
        channels.add(numbers.get(group));
      }
    }
    return new PerChannel(channels);
  }
}
