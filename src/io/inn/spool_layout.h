// spool_layout.h: what has to be known of a spool to find articles in it without INN's library.
//
// tradspool.map (INN's tradspool.map(5)): lines `directory number`; cycbuff.conf(5): lines
// `cycbuff:NAME:PATH:KB`. What is not understood is left out, and then not found: nothing that is
// read here proves anything about an article (direct_reader.h).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "io/inn/inn_config.h"

namespace innduct::io {

struct SpoolLayout {
  struct Cycbuff {
    std::string name;
    std::string path;
    bool operator==(const Cycbuff&) const = default;
  };
  std::string articles;             // patharticles
  std::vector<std::string> groups;  // directories below it, by the number of the newsgroup
  std::vector<Cycbuff> cycbuffs;
  std::int64_t map_changed_ns = 0;  // when tradspool.map was last changed; 0: there is none
};

// Pure. `groups` is filled by number; the empty string stands for a number that is not there.
std::vector<std::string> parse_tradspool_map(std::string_view text);
std::vector<SpoolLayout::Cycbuff> parse_cycbuff_conf(std::string_view text);

SpoolLayout read_spool_layout(const InnConfig& config);
// Whether newsgroups may have been added since.
bool map_has_changed(const SpoolLayout& layout, const InnConfig& config);

}  // namespace innduct::io
