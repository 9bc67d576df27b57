// article_reader.cc: is the spool there at all?
#include "io/inn/article_reader.h"

#include <filesystem>
#include <system_error>

namespace innduct::io {

ReadOutcome absent_if_spool_is_there(const std::string& path_articles) {
  std::error_code error;
  const std::filesystem::directory_iterator first(path_articles, error);
  if (error && error != std::errc::no_such_file_or_directory) {
    return {engine::FetchOutcome::trouble,
            "patharticles " + path_articles + " cannot be read: " + error.message()};
  }
  if (error || first == std::filesystem::directory_iterator()) {
    return {engine::FetchOutcome::trouble,
            "patharticles " + path_articles + " is empty or missing: not mounted?"};
  }
  return {engine::FetchOutcome::absent, {}};
}

}  // namespace innduct::io
