// status_page.h: the page that shows a feed to people.
#pragma once

#include <string>

namespace innduct::io {

// HTML that needs nothing from elsewhere; it follows /events, or if that fails, asks for
// /status.json every two seconds.
std::string status_page();

}  // namespace innduct::io
