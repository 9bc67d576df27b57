// inn_config_libinn.cc: inn.conf as libinn reads it.
#include <cstdlib>

#include "core/check.h"
#include "core/escape.h"
#include "io/inn/inn_config.h"
#include "io/inn/inn_headers.h"
#include "io/inn/inn_messages.h"

namespace innduct::io {
namespace {

std::string text_of(const char* value) { return value == nullptr ? std::string() : value; }

// "all" is inn.conf's word for any address.
std::string address_of(const char* value) {
  std::string address = text_of(value);
  return address == "all" ? std::string() : address;
}

// The file that libinn is about to read.
std::string file_of(const std::string& file) {
  if (!file.empty()) {
    return file;
  }
  const char* const named = std::getenv("INNCONF");
  return named != nullptr ? named : "inn.conf at its compiled-in place";
}

}  // namespace

std::expected<InnConfig, std::string> read_inn_config(const std::string& file) {
  core::check(innconf == nullptr, "inn.conf is read once");
  const std::string read_from = file_of(file);
  if (!file.empty()) {
    ::setenv("INNCONF", file.c_str(), 1);
  }
  capture_inn_messages();
  if (!innconf_read(nullptr)) {
    return std::unexpected("cannot use " + core::escaped(read_from) + ": " + take_inn_messages());
  }
  take_inn_messages();
  return InnConfig{
      .path_outgoing = text_of(innconf->pathoutgoing),
      .path_run = text_of(innconf->pathrun),
      .path_spool = text_of(innconf->pathspool),
      .path_articles = text_of(innconf->patharticles),
      .path_etc = text_of(innconf->pathetc),
      .source_address = address_of(innconf->sourceaddress),
      .source_address6 = address_of(innconf->sourceaddress6),
      .runas_user = text_of(innconf->runasuser),
      .runas_group = text_of(innconf->runasgroup),
  };
}

}  // namespace innduct::io
