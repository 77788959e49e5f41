package dev.kindling.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FansTest {
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        // what                        | shape          | role            | layout | g  | s | in   |
        // out
        "dense out-in                  | 100,300        | DENSE           | OUT_IN | 1  | 1 | 300  | 100",
        "dense in-out                  | 300,100        | DENSE           | IN_OUT | 1  | 1 | 300  | 100",
        "conv 3x3, 64 to 128           | 128,64,3,3     | CONV            | OUT_IN | 1  | 1 | 576  | 1152",
        "conv of one axis              | 8,4,5          | CONV            | OUT_IN | 1  | 1 | 20   | 40",
        "conv of three axes            | 8,4,3,3,3      | CONV            | OUT_IN | 1  | 1 | 108  | 216",
        "conv 1x1                      | 8,4,1,1        | CONV            | OUT_IN | 1  | 1 | 4    | 8",
        "32 groups, 128 to 256         | 256,4,3,3      | CONV            | OUT_IN | 32 | 1 | 36   | 72",
        "depthwise                     | 16,1,3,3       | DEPTHWISE       | OUT_IN | 16 | 1 | 9    | 9",
        "depthwise, multiplier 2       | 32,1,3,3       | DEPTHWISE       | OUT_IN | 16 | 1 | 9    | 18",
        "transposed conv               | 64,32,4,4      | TRANSPOSED_CONV | IN_OUT | 1  | 1 | 1024 | 512",
        "transposed conv, strides 2, 2 | 64,32,4,4      | TRANSPOSED_CONV | IN_OUT | 1  | 4 | 256  | 512",
        "transposed conv, 4 groups     | 64,8,3,3       | TRANSPOSED_CONV | IN_OUT | 4  | 4 | 36   | 72",
        "transposed conv, taps uneven  | 2,3,3          | TRANSPOSED_CONV | IN_OUT | 1  | 2 | 3    | 9",
        "embedding                     | 50000,512      | EMBEDDING       | OUT_IN | 1  | 1 | 1    | 512",
        "embedding, other layout       | 50000,512      | EMBEDDING       | IN_OUT | 1  | 1 | 1    | 512",
        "one to one                    | 1,1            | DENSE           | OUT_IN | 1  | 1 | 1    | 1",
        "no outputs                    | 0,7            | DENSE           | OUT_IN | 1  | 1 | 7    | 0",
        "no inputs                     | 7,0            | DENSE           | OUT_IN | 1  | 1 | 0    | 7",
        "no taps                       | 7,3,0          | CONV            | OUT_IN | 1  | 1 | 0    | 0"
      })
  void areTheTrueOnes(
      String what,
      String shape,
      Role role,
      Layout layout,
      int groups,
      long strides,
      double in,
      double out) {
    assertThat(Fans.of(tensor(shape, role, layout, groups, strides))).isEqualTo(new Fans(in, out));
  }

  @Test
  void transposedConvMayHaveAFraction() {
    assertThat(Fans.of(tensor("1,3,3", Role.TRANSPOSED_CONV, Layout.IN_OUT, 1, 2)).in())
        .isEqualTo(1.5);
  }

  @Test
  void areNotCutToAnInt() {
    assertThat(Fans.of(tensor("3,100000,1000,1000", Role.CONV, Layout.OUT_IN, 1, 1)))
        .isEqualTo(new Fans(1e11, 3e6));
  }

  @ParameterizedTest
  @CsvSource({"'', []", "'7', [7]"})
  void rejectsRanksThatHaveNone(String dims, String printed) {
    assertThatThrownBy(() -> Fans.of(tensor(dims, Role.DENSE, Layout.OUT_IN, 1, 1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("tensor 'w' of shape " + printed + " has no fans (expected rank 2 or more)");
  }

  @ParameterizedTest
  @CsvSource({"-1, 1, fan-in", "1, -1, fan-out", "NaN, 1, fan-in", "1, Infinity, fan-out"})
  void rejectsWhatIsNoCount(double in, double out, String name) {
    assertThatThrownBy(() -> new Fans(in, out))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(name + " is negative or not finite");
  }

  private static Tensor tensor(String dims, Role role, Layout layout, int groups, long strides) {
    List<Long> extents =
        dims.isEmpty() ? List.of() : List.of(dims.split(",")).stream().map(Long::valueOf).toList();
    return new Tensor(
        "w",
        new Shape(extents),
        ElementType.F32,
        role,
        layout,
        groups,
        strides,
        Activation.NONE,
        List.of(),
        Optional.empty());
  }
}
