// user.h: who we are: the user that innd runs as.
#pragma once

#include <string>

#include "io/inn/inn_config.h"

namespace innduct::app {

// Files of root's in innd's directories stop innd, and our own next start. So root becomes
// runasuser of inn.conf; any other user stays. Returns a warning if we are not runasuser then, else
// nothing. Throws Failure.
std::string become_runas_user(const io::InnConfig& inn);

}  // namespace innduct::app
