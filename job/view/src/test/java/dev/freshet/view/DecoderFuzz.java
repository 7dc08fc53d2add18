package dev.freshet.view;

import static dev.freshet.view.TestSize.FULL;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * Passes mutated encodings to decoders: bits, numbers and parts of valid ones are changed. A
 * decoder may return, or throw one of its declared exceptions, within a second and with memory of
 * 256 KiB or ten times the input. Anything else fails, with the seed; {@code
 * -Dfreshet.fuzz-seed=SEED} repeats it.
 */
public final class DecoderFuzz {
  private static final int MUTATIONS = 20_000;
  private static final int FULL_MUTATIONS = 130_000;
  private static final int WARM_UP = 20;
  private static final long MOST_NANOS = 1_000_000_000L;
  private static final long ALWAYS_ALLOWED = 256 << 10;
  private static final int FACTOR = 10;
  private static final int MOST_INPUT = 4 << 10;

  /** A key of ten bytes takes about 3 kB until it is parsed; more keys would pass the bound. */
  private static final int MOST_DENSE_INPUT = 768;

  /** What is repeated after an excess: the JVM also loads and compiles classes meanwhile. */
  private static final int ATTEMPTS = 4;

  private static final byte[] ODD = {0, 1, 2, 3, 4, 5, 0x7f, -128, -1, '"', '{', '[', '9', '-'};
  private static final long[] ODD_NUMBERS = {
    0,
    -1,
    1,
    255,
    256,
    4095,
    4097,
    65_535,
    1 << 20,
    1 << 30,
    Integer.MAX_VALUE,
    Integer.MIN_VALUE,
    Integer.MAX_VALUE - 8,
    Long.MAX_VALUE,
    Long.MIN_VALUE
  };

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private final List<Target> targets = new ArrayList<>();
  private final int mostInput;

  private DecoderFuzz(int mostInput) {
    this.mostInput = mostInput;
  }

  public DecoderFuzz() {
    this(MOST_INPUT);
  }

  /**
   * For encodings that have an object in two or three bytes, such as a list of short texts: the
   * objects alone are more than ten times as large, so inputs are shorter.
   */
  public static DecoderFuzz ofDenseEncodings() {
    return new DecoderFuzz(MOST_DENSE_INPUT);
  }

  /** Decodes an input. */
  public interface Decoder {
    Object decode(byte[] input) throws Exception;
  }

  private record Target(
      String name,
      Decoder decoder,
      Set<Class<? extends Exception>> declared,
      UnaryOperator<byte[]> form,
      List<byte[]> samples) {}

  /**
   * Adds a decoder.
   *
   * @param declared the exception that it may throw; its subclasses are allowed too
   * @param samples valid encodings
   */
  public DecoderFuzz with(
      String name, Decoder decoder, Class<? extends Exception> declared, List<byte[]> samples) {
    return with(name, decoder, declared, UnaryOperator.identity(), samples);
  }

  /**
   * Adds a decoder whose input contains an encoding, such as a base64 text.
   *
   * @param form makes the input from a mutated encoding
   */
  public DecoderFuzz with(
      String name,
      Decoder decoder,
      Class<? extends Exception> declared,
      UnaryOperator<byte[]> form,
      List<byte[]> samples) {
    return with(name, decoder, Set.of(declared), form, samples);
  }

  /** Adds a decoder that may throw several exceptions; none if the set is empty. */
  public DecoderFuzz with(
      String name,
      Decoder decoder,
      Set<Class<? extends Exception>> declared,
      UnaryOperator<byte[]> form,
      List<byte[]> samples) {
    targets.add(new Target(name, decoder, declared, form, List.copyOf(samples)));
    return this;
  }

  /** Checks all decoders, each with its share of the mutations. */
  public void run() {
    Long repeated = Long.getLong("freshet.fuzz-seed");
    long seed = repeated == null ? System.nanoTime() : repeated;
    int share = (FULL ? FULL_MUTATIONS : MUTATIONS) / targets.size();
    for (Target target : targets) {
      Random random = new Random(seed);
      for (byte[] sample : target.samples()) {
        acceptsItsSample(target, sample);
      }
      for (int i = 0; i < share; i++) {
        byte[] input = target.form().apply(mutated(target, random));
        try {
          check(target, input);
        } catch (AssertionError e) {
          throw new AssertionError(
              "%s, mutation %d, -Dfreshet.fuzz-seed=%d, input of %d bytes %s: %s"
                  .formatted(
                      target.name(),
                      i,
                      seed,
                      input.length,
                      HexFormat.of().formatHex(input, 0, Math.min(input.length, 2048)),
                      e.getMessage()),
              e);
        }
      }
    }
  }

  private static void acceptsItsSample(Target target, byte[] sample) {
    try {
      for (int i = 0; i < WARM_UP; i++) {
        target.decoder().decode(target.form().apply(sample));
      }
    } catch (Exception e) {
      throw new AssertionError(target.name() + " refuses a valid encoding", e);
    }
  }

  private static void check(Target target, byte[] input) {
    long most = Math.max(ALWAYS_ALLOWED, (long) FACTOR * input.length);
    long bytes = Long.MAX_VALUE;
    long nanos = Long.MAX_VALUE;
    for (int i = 0; i < ATTEMPTS && (bytes > most || nanos > MOST_NANOS); i++) {
      long start = System.nanoTime();
      long before = THREADS.getCurrentThreadAllocatedBytes();
      decode(target, input);
      bytes = Math.min(bytes, THREADS.getCurrentThreadAllocatedBytes() - before);
      nanos = Math.min(nanos, System.nanoTime() - start);
    }
    if (bytes > most) {
      throw new AssertionError(bytes + " bytes were allocated, more than " + most);
    }
    if (nanos > MOST_NANOS) {
      throw new AssertionError("it took " + nanos + " ns");
    }
  }

  private static void decode(Target target, byte[] input) {
    try {
      target.decoder().decode(input);
    } catch (Exception e) {
      if (target.declared().stream().noneMatch(declared -> declared.isInstance(e))) {
        throw new AssertionError("not declared: " + e, e);
      }
    } catch (OutOfMemoryError | StackOverflowError e) {
      throw new AssertionError("an error: " + e, e);
    }
  }

  private byte[] mutated(Target target, Random random) {
    byte[] bytes = any(target, random).clone();
    for (int left = 1 + random.nextInt(4); left > 0; left--) {
      bytes = mutated(bytes, target, random);
    }
    return bytes.length <= mostInput ? bytes : Arrays.copyOf(bytes, mostInput);
  }

  private static byte[] any(Target target, Random random) {
    return target.samples().get(random.nextInt(target.samples().size()));
  }

  private static byte[] mutated(byte[] bytes, Target target, Random random) {
    int at = random.nextInt(bytes.length + 1);
    int end = at + random.nextInt(bytes.length - at + 1);
    switch (random.nextInt(9)) {
      case 0 -> {
        if (at < bytes.length) {
          bytes[at] ^= (byte) (1 << random.nextInt(Byte.SIZE));
        }
        return bytes;
      }
      case 1 -> {
        if (at < bytes.length) {
          bytes[at] = ODD[random.nextInt(ODD.length)];
        }
        return bytes;
      }
      case 2 -> {
        return Arrays.copyOf(bytes, at);
      }
      case 3 -> {
        byte[] more = new byte[random.nextInt(random.nextInt(20) == 0 ? 4096 : 32)];
        random.nextBytes(more);
        return joined(bytes, bytes.length, more, bytes.length);
      }
      case 4 -> {
        number(bytes, at, random);
        return bytes;
      }
      case 5 -> {
        byte[] other = any(target, random);
        int from = random.nextInt(other.length + 1);
        int to = from + random.nextInt(other.length - from + 1);
        return joined(bytes, at, Arrays.copyOfRange(other, from, to), end);
      }
      case 6 -> {
        return repeated(bytes, at, Math.min(end, at + 24), 1 + random.nextInt(400));
      }
      case 7 -> {
        return joined(bytes, at, new byte[0], end);
      }
      default -> {
        byte[] digits = "9".repeat(random.nextInt(400)).getBytes(UTF_8);
        return joined(bytes, at, digits, at);
      }
    }
  }

  /** Writes a number that a length may not be, or may hardly be. */
  private static void number(byte[] bytes, int at, Random random) {
    int width = new int[] {1, 2, 4, 8}[random.nextInt(4)];
    long number =
        random.nextInt(3) == 0
            ? bytes.length - at + random.nextInt(3) - 1L
            : ODD_NUMBERS[random.nextInt(ODD_NUMBERS.length)];
    boolean littleEndian = random.nextBoolean();
    for (int i = 0; i < width && at + i < bytes.length; i++) {
      bytes[at + i] = (byte) (number >>> (Byte.SIZE * (littleEndian ? i : width - 1 - i)));
    }
  }

  private static byte[] repeated(byte[] bytes, int from, int to, int times) {
    byte[] part = new byte[Math.min((to - from) * times, MOST_INPUT)];
    for (int i = 0; i < part.length; i++) {
      part[i] = bytes[from + i % (to - from)];
    }
    return joined(bytes, to, part, to);
  }

  /** The bytes up to an index, then a part, then the bytes from another index. */
  private static byte[] joined(byte[] bytes, int end, byte[] part, int begin) {
    byte[] all = Arrays.copyOf(bytes, end + part.length + bytes.length - begin);
    System.arraycopy(part, 0, all, end, part.length);
    System.arraycopy(bytes, begin, all, end + part.length, bytes.length - begin);
    return all;
  }
}
