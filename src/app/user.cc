// user.cc: from root to news.
#include "app/user.h"

#include <grp.h>
#include <pwd.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "app/failure.h"
#include "core/cat.h"

namespace innduct::app {

std::string become_runas_user(const io::InnConfig& inn) {
  const passwd* const user = ::getpwnam(inn.runas_user.c_str());
  if (::geteuid() != 0) {
    if (user == nullptr || user->pw_uid != ::geteuid()) {
      return core::cat("running as user id ", ::geteuid(), ", not as `", inn.runas_user,
                       "` (runasuser in inn.conf) nor as root: innd's files may be out of reach");
    }
    return {};
  }
  if (user == nullptr) {
    throw Failure{exit_code::trouble, core::cat("runasuser in inn.conf is `", inn.runas_user,
                                                "`, but there is no such user")};
  }
  const uid_t uid = user->pw_uid;
  const group* const its_group = ::getgrnam(inn.runas_group.c_str());
  if (its_group == nullptr) {
    throw Failure{exit_code::trouble, core::cat("runasgroup in inn.conf is `", inn.runas_group,
                                                "`, but there is no such group")};
  }
  const gid_t gid = its_group->gr_gid;
  if (::initgroups(inn.runas_user.c_str(), gid) < 0 || ::setgid(gid) < 0 || ::setuid(uid) < 0) {
    throw Failure{exit_code::trouble,
                  core::cat("cannot become user `", inn.runas_user, "`: ", std::strerror(errno))};
  }
  return {};
}

}  // namespace innduct::app
