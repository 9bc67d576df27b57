// spool.cc: storage.conf for each method, SMstore, SMcancel.
#include "spool.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <cstring>

#include "articles.h"
#include "child.h"
#include "io/inn/inn_headers.h"

namespace innduct::test {
namespace {

constexpr std::size_t cycbuff_size_bytes = 4 << 20;

const char* storage_conf(Method method) {
  switch (method) {
    case Method::tradspool:
    case Method::tradspool_native:
      return "method tradspool {\n  newsgroups: *\n  class: 0\n}\n";
    case Method::timehash:
      return "method timehash {\n  newsgroups: *\n  class: 0\n}\n";
    case Method::timecaf:
      return "method timecaf {\n  newsgroups: *\n  class: 0\n}\n";
    case Method::cnfs:
      return "method cnfs {\n  newsgroups: *\n  class: 0\n  options: META\n}\n";
  }
  return "";
}

// Opens the store for writing; the caller may have it open for reading already.
void open_for_writing(const std::string& inn_conf) {
  if (innconf == nullptr) {
    ASSERT_TRUE(innconf_read(inn_conf.c_str()));
  } else {
    SMshutdown();
  }
  message_handlers_notice(0);
  message_handlers_warn(0);  // what went wrong is in SMerrorstr
  bool yes = true;
  ASSERT_TRUE(SMsetup(SM_RDWR, &yes));
  ASSERT_TRUE(SMsetup(SM_PREOPEN, &yes));
  ASSERT_TRUE(SMinit()) << SMerrorstr;
}

// `place`, GROUP:NUMBER, is what INN keeps an article by.
std::string store_one(std::string wire, std::string place) {
  iovec whole{.iov_base = wire.data(), .iov_len = wire.size()};
  ARTHANDLE handle = ARTHANDLE_INITIALIZER;
  handle.data = wire.data();
  handle.iov = &whole;
  handle.iovcnt = 1;
  handle.len = wire.size();
  handle.groups = place.data();
  handle.groupslen = static_cast<int>(place.size());
  const TOKEN token = SMstore(handle);
  EXPECT_NE(token.type, TOKEN_EMPTY) << SMerrorstr << std::strerror(errno);
  return TokenToText(token);
}

}  // namespace

Spool::Spool(Method method) {
  write_inn_conf(dir_, method == Method::tradspool_native ? "wireformat: false\n" : "");
  dir_.write("storage.conf", storage_conf(method));
  if (method == Method::cnfs) {
    dir_.write("cycbuff.conf",
               "cycbuffupdate:25\nrefreshinterval:30\ncycbuff:ONE:" + (dir_ / "one") + ":" +
                   std::to_string(cycbuff_size_bytes / 1024) + "\nmetacycbuff:META:ONE\n");
    dir_.write("one", std::string(cycbuff_size_bytes, '\0'));
  }
}

std::vector<Stored> Spool::store(int first, const std::vector<std::string>& bodies,
                                 std::string_view group) const {
  std::vector<Stored> stored;
  for (const std::string& body : bodies) {
    const int number = first + static_cast<int>(stored.size());
    const std::string message_id = "<" + std::to_string(number) + "@test.invalid>";
    stored.push_back({"", message_id, article(number, message_id, body, group)});
  }
  Child writer([&] {
    std::string tokens;
    open_for_writing(inn_conf());
    int number = first;
    for (const Stored& each : stored) {
      tokens += store_one(each.wire, std::string(group) + ":" + std::to_string(number++));
    }
    SMshutdown();
    return tokens;
  });
  const std::string tokens = writer.wait();
  constexpr std::size_t token_size = 2 * sizeof(TOKEN) + 2;
  EXPECT_EQ(tokens.size(), token_size * stored.size());
  for (std::size_t i = 0; i < stored.size(); ++i) {
    stored[i].token = tokens.substr(i * token_size, token_size);
  }
  return stored;
}

void Spool::cancel(const Stored& article) const {
  in_child([&] {
    open_for_writing(inn_conf());
    EXPECT_TRUE(SMcancel(TextToToken(article.token.c_str()))) << SMerrorstr;
    SMshutdown();
  });
}

std::string Spool::only_file() const {
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(articles())) {
    if (entry.is_regular_file()) {
      files.push_back(entry.path());
    }
  }
  EXPECT_EQ(files.size(), 1u);
  return files.at(0);
}

}  // namespace innduct::test
