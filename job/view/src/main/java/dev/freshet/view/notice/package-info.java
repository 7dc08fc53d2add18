/**
 * What a job tells through the store those who watch keys, as soon as it has written. Read {@link
 * dev.freshet.view.notice.Notice} first.
 */
package dev.freshet.view.notice;
