// inn_storage.cc: SMinit, SMretrieve, and the meaning of SMerrno.
#include "io/inn/inn_storage.h"

#include <array>
#include <cerrno>
#include <cstdlib>
#include <system_error>
#include <utility>

#include "core/check.h"
#include "core/escape.h"
#include "core/token.h"
#include "io/inn/inn_headers.h"
#include "io/inn/inn_messages.h"
#include "io/inn/stores.h"

namespace innduct::io {
namespace {

using engine::FetchOutcome;

static_assert(2 * sizeof(TOKEN) + 2 == core::token_size, "a token's text is its bytes in hex");

TOKEN to_token(std::string_view locator) {
  std::array<char, core::token_size + 1> text{};
  locator.copy(text.data(), core::token_size);
  return TextToToken(text.data());
}

// The numbers of the methods are part of the token's format.
constexpr STORAGETYPE timehash = 2;
constexpr STORAGETYPE timecaf = 4;
constexpr STORAGETYPE tradspool = 5;

bool keeps_a_file_each(STORAGETYPE type) { return type == timehash || type == tradspool; }
bool keeps_in_articles(STORAGETYPE type) { return keeps_a_file_each(type) || type == timecaf; }

// A tradspool token holds the number of a newsgroup. The library reads their names from a map; if
// that fails it goes on without them, and answers as if such articles did not exist.
bool knows_group(TOKEN token) {
  artngnum found{};
  const bool known = SMprobe(SMARTNGNUM, &token, &found);
  std::free(found.groupname);
  return known;
}

// What the library says of its last failure.
std::string reason(int error) {
  std::string text = SMerrorstr != nullptr ? core::escaped(SMerrorstr) : "unknown error";
  const std::string system = std::system_category().message(error);
  if (error != 0 && !text.contains(system)) {
    text += ": " + system;
  }
  if (const std::string more = take_inn_messages(); !more.empty()) {
    text += " (" + more + ")";
  }
  return text;
}

}  // namespace

InnStorage::InnStorage(std::string path_articles) : path_articles_(std::move(path_articles)) {}

InnStorage::~InnStorage() {
  if (open_) {
    SMshutdown();
  }
}

std::expected<void, std::string> InnStorage::open() {
  core::check(innconf != nullptr, "inn.conf is read before the article store is opened");
  if (std::exchange(open_, false)) {
    SMshutdown();
  }
  // A small article is read faster than it is mapped, and what is read cannot be truncated
  // under us. It must not change while the library is initialised.
  innconf->articlemmap = false;
  // A token of an overwritten article may lead to bytes that are no header; the library must not
  // take them for the size of an article, and allocate as much.
  if (innconf->cnfscheckfudgesize == 0) {
    innconf->cnfscheckfudgesize = article_size_max;
  }
  bool read_write = false;
  bool keep_open = true;
  SMsetup(SM_RDWR, &read_write);
  SMsetup(SM_PREOPEN, &keep_open);
  errno = 0;
  open_ = SMinit();
  if (!open_) {
    why_not_open_ = "INN's article store cannot be initialised (see storage.conf in " +
                    core::escaped(innconf->pathetc) + "): " + reason(errno);
    return std::unexpected(why_not_open_);
  }
  take_inn_messages();
  return {};
}

ReadOutcome InnStorage::read(std::string_view locator, ArticleBuffer& article) {
  if (!open_) {
    return {FetchOutcome::trouble, why_not_open_};
  }
  core::check(core::is_token(locator), "INN's storage library is asked for tokens");
  const TOKEN token = to_token(locator);
  errno = 0;
  ARTHANDLE* handle = SMretrieve(token, RETR_ALL);
  if (handle == nullptr && SMerrno == SMERR_NOENT && token.type == tradspool) {
    if (!knows_group(token)) {
      return {FetchOutcome::unknown,
              "its newsgroup is not in the map of tradspool: is tradspool.map in pathspool well?"};
    }
    handle = SMretrieve(token, RETR_ALL);  // the library may have learnt of it just now
  }
  if (handle == nullptr) {
    return failure(token.type, errno);
  }
  const bool fits = handle->len <= article_size_max;
  if (fits) {
    article.assign({handle->data, handle->len});
  }
  SMfreearticle(handle);
  take_inn_messages();
  if (!fits) {
    return {FetchOutcome::damaged, "it is too large"};
  }
  return {FetchOutcome::ready, {}};
}

ReadOutcome InnStorage::failure(unsigned char type, int error) {
  const int what = SMerrno;
  std::string text = reason(error);
  if (what == SMERR_NOENT) {
    return keeps_in_articles(type) ? absent_if_spool_is_there(path_articles_)
                                   : ReadOutcome{FetchOutcome::absent, {}};
  }
  if (what == SMERR_UNINIT || what == SMERR_INTERNAL) {
    return {FetchOutcome::unknown, std::move(text)};
  }
  // A file that could be read, and in which the library found no line: empty, or NULs. A buffer
  // that seems corrupt may only have moved on, which the library notices within a minute.
  const bool no_system_error = error == 0 || error == EINVAL;
  if (what == SMERR_UNDEFINED && no_system_error && keeps_a_file_each(type)) {
    return {FetchOutcome::damaged, std::move(text)};
  }
  return {FetchOutcome::trouble, std::move(text)};
}

const bool knows_tokens = true;

std::unique_ptr<ArticleReader> token_store(const InnConfig& config) {
  return std::make_unique<InnStorage>(config.path_articles);
}

}  // namespace innduct::io
