package dev.freshet.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.view.DecoderFuzz;
import dev.freshet.view.Key;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class NoticeTest {
  @Test
  void isParsedAsItWasWritten() {
    Notice keys = Notice.of(1L << 55, keys(Notice.MOST_KEYS), 3, 9);
    Notice groups = Notice.of(7, keys(Notice.MOST_KEYS + 1), 3, 9);

    assertThat(Notice.parse(keys.text())).isEqualTo(keys).isInstanceOf(Notice.Keys.class);
    assertThat(Notice.parse(groups.text())).isEqualTo(new Notice.Groups(7, 3, 9));
    assertThat(keys.text().getBytes(StandardCharsets.UTF_8)).hasSizeLessThan(8000);
  }

  @Test
  void hashesAKeyTheSameInEveryProcess() {
    Notice.Keys notice = (Notice.Keys) Notice.of(5, List.of(Key.of("unread", 42L, 7L)), 0, 1);

    assertThat(notice.hashes()).containsExactly(Notice.hash(Key.of("unread", 42L, 7L)));
    assertThat(notice.text()).isEqualTo("1 keys 5 _wXnM3gLYEc");
    assertThat(Notice.channel("freshet")).isEqualTo("freshet_b3db8947a45f26de").hasSizeLessThan(64);
  }

  @Test
  void anUnknownFormatIsRefused() {
    for (String text : List.of("", "2 keys 5 AA", "1 groups 5 9 3", "1 keys 5 ", "1 keys x AAAA")) {
      assertThatThrownBy(() -> Notice.parse(text))
          .as(text)
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void mutatedNotices() {
    new DecoderFuzz()
        .with(
            "Notice",
            text -> Notice.parse(new String(text, StandardCharsets.UTF_8)),
            IllegalArgumentException.class,
            List.of(
                Notice.of(5, keys(9), 3, 9).text().getBytes(StandardCharsets.UTF_8),
                new Notice.Groups(7, 3, 9).text().getBytes(StandardCharsets.UTF_8)))
        .run();
  }

  private static List<Key> keys(int count) {
    return LongStream.range(0, count).mapToObj(i -> Key.of("unread", i, 7L)).toList();
  }
}
