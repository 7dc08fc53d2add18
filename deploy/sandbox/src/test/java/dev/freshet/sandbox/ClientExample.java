package dev.freshet.sandbox;

import dev.freshet.client.Answer;
import dev.freshet.client.ClientConfig;
import dev.freshet.client.EventListener;
import dev.freshet.client.FreshetClient;
import dev.freshet.client.Query;
import dev.freshet.client.Subscription;
import java.net.URI;
import java.util.concurrent.CompletableFuture;

/** The example of the README, as it stands there. */
final class ClientExample {
  private ClientExample() {}

  /** Returns the first answer that a stream tells. */
  static Answer run(URI url, String token, int user, int site) throws Exception {
    // begin
    try (FreshetClient client = new FreshetClient(ClientConfig.of(url, () -> token))) {
      Answer answer = client.get("unread_conversations", user, site);
      System.out.println(answer.total() + " unread, as of " + answer.asOf());

      Query query = Query.of("unread_conversations", user, site).limit(20);
      CompletableFuture<Answer> first = new CompletableFuture<>();
      EventListener listener = first::complete; // a class of its own hears of doubts, too
      try (Subscription open = client.events(query, listener)) {
        return first.get();
      }
    }
    // end
  }
}
