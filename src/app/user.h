// user.h: who we are: the user that innd runs as.
#pragma once

#include "io/inn/inn_config.h"
#include "io/log.h"

namespace innduct::app {

// Files of root's in innd's directories stop innd, and our own next start. So root becomes
// runasuser of inn.conf; any other user stays, with a warning if it is another one. Throws Failure.
void become_runas_user(const io::InnConfig& inn, const io::Log& log);

}  // namespace innduct::app
