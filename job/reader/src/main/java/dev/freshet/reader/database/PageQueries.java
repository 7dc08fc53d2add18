package dev.freshet.reader.database;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import dev.freshet.reader.answer.Question;
import dev.freshet.reader.answer.ServedView;
import dev.freshet.store.PageQuery;
import dev.freshet.store.PageSize;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The page queries of a store. A query of a first page is built once for each form of it, because
 * building takes a tenth of the time of a hit. Thread-safe.
 */
final class PageQueries {
  private final String schema;

  /** By identity: a view that is planned again is another object, and the former is forgotten. */
  private final LoadingCache<ServedView, OfView> views =
      Caffeine.newBuilder().weakKeys().build(OfView::new);

  /** Creates an object without queries. */
  PageQueries(String schema) {
    this.schema = schema;
  }

  private record Form(List<Boolean> given, boolean bounded, boolean exact) {}

  private static final class OfView {
    private final PageSize size;
    private final Map<Form, PageQuery> firstPages = new ConcurrentHashMap<>();

    OfView(ServedView view) {
      this.size = PageSize.of(view.plan());
    }
  }

  /** Returns the maximum size of the result of {@link #query} in bytes. */
  long mostBytes(Question question) {
    return views.get(question.view()).size.most(limit(question));
  }

  /** Returns the query of a question's page. */
  PageQuery query(Question question) {
    OfView view = views.get(question.view());
    Form form = new Form(question.given(), view.size.isBounded(limit(question)), question.exact());
    return question.after().isEmpty()
        ? view.firstPages.computeIfAbsent(form, first -> build(question, first))
        : build(question, form);
  }

  private PageQuery build(Question question, Form form) {
    return new PageQuery(
        question.view().plan(),
        schema,
        question.view().generation(),
        form.given(),
        question.after(),
        form.bounded(),
        form.exact());
  }

  /**
   * Returns the number of entries to read: an entry more than the page has shows that another page
   * follows.
   */
  static int limit(Question question) {
    return question.limit() + 1;
  }
}
