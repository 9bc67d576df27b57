// articles.h: articles for tests, in wire format.
#pragma once

#include <unistd.h>

#include <string>
#include <string_view>

#include "io/article_bytes.h"

namespace innduct::test {

// Number `number` of misc.test, with Xref (tradspool needs it), and `body` as it stands: in wire
// format, without the final dot.
inline std::string article(int number, std::string_view message_id, std::string_view body,
                           std::string_view group = "misc.test") {
  std::string text = "Path: test.invalid!not-for-mail\r\nFrom: a@test.invalid\r\nNewsgroups: ";
  text.append(group).append("\r\nSubject: test\r\nDate: Mon, 02 Nov 2026 10:00:00 +0000\r\n");
  text.append("Message-ID: ").append(message_id).append("\r\nXref: test.invalid ").append(group);
  text.append(":" + std::to_string(number)).append("\r\n\r\n").append(body).append(".\r\n");
  return text;
}

// What leaves when these bytes are sent.
inline std::string text_of(const io::ArticleBytes& bytes) {
  if (!bytes.in_file()) {
    return {bytes.memory, bytes.size};
  }
  std::string text(bytes.size, '\0');
  const ssize_t got = ::pread(bytes.file, text.data(), text.size(), 0);
  return text.substr(0, static_cast<std::size_t>(got < 0 ? 0 : got));
}

// A body of `size` bytes or little more.
inline std::string body_of(std::size_t size) {
  std::string body;
  while (body.size() < size) {
    body += "All work and no play makes a news server a dull box.\r\n";
  }
  return body;
}

// What a native spool holds of an article without leading dots.
inline std::string native(std::string_view wire) {
  std::string text;
  for (const char c : wire.substr(0, wire.size() - 3)) {
    if (c != '\r') {
      text += c;
    }
  }
  return text;
}

}  // namespace innduct::test
