// native_article.h: articles as some spools hold them (lines end in LF), made fit for the wire.
#pragma once

#include <string_view>

#include "io/inn/article_buffer.h"

namespace innduct::io {

// Whether a stored article is in wire format already: its first line ends in CRLF.
bool is_wire_format(std::string_view stored);

// Writes the wire format of a native article into `wire`: CRLF for each LF, a second dot before
// each leading one, the final dot. Nothing is repaired: an article whose last line has no LF
// comes out without CRLF before its final dot, and check_wire() finds it damaged.
void wire_from_native(std::string_view native, ArticleBuffer& wire);

}  // namespace innduct::io
