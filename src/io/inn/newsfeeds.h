// newsfeeds.h: what innd's newsfeeds says about one site.
//
// Pure. newsfeeds(5): an entry is `site/exclusions:patterns/distributions:flag,flag:parameter`; a
// backslash at the end of a line joins it with the next one, less the blanks that this begins with;
// a line that begins with # is a comment; `$NAME=value` sets a variable for the lines behind it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace innduct::io {

struct NewsfeedsEntry {
  std::size_t line = 0;            // of the file, where it begins; counted from 1
  std::string site;                // as it is spelt there
  std::string exclusions;          // with their slash; as they stand there
  std::string patterns;            // with the distributions; as they stand there
  std::vector<std::string> flags;  // with the values of variables
  std::string parameter;           // likewise

  // The letter of flag T: f for a file feed.
  char type() const;
  // The letters of flag W, in the order in which innd writes what they stand for.
  std::string_view items() const;
};

// The entries of `site` in the text of newsfeeds. innd does not tell upper from lower case in the
// names of sites.
std::vector<NewsfeedsEntry> entries_of(std::string_view newsfeeds, std::string_view site);

}  // namespace innduct::io
