// floor.cc: what no feeder can go below: the same articles from the same store, and nothing else.
//
//   floor INN.CONF LINES-FILE PORT
//
// Sends the article of each line to 127.0.0.1:PORT, over one connection: TAKETHIS without asking,
// 256 KB a write. No line is blanked, no answer is looked at, no article either: a file of a
// tradspool is opened, read and closed, a place in a CNFS buffer is read. Where each article lies
// is found out before the clock runs. Prints `cpu_us=` microseconds of processor time since then.
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "bench/program.h"
#include "io/inn/cycbuff.h"
#include "io/inn/inn_config.h"
#include "io/inn/spool_layout.h"

namespace innduct::bench {
namespace {

constexpr std::size_t written_at_once = std::size_t{256} << 10;
constexpr std::size_t article_size_max = std::size_t{1} << 20;

struct Place {
  std::string command;
  int directory = -1;  // and its file `name`, or:
  std::string name;
  int buffer = -1;  // and what is to be read of it
  std::uint64_t offset = 0;
  std::size_t size = 0;
};

// Four bytes of a token, the highest first; `at` counts its bytes.
std::uint32_t number_at(std::string_view token, std::size_t at) {
  std::uint32_t number = 0;
  std::from_chars(token.data() + 1 + 2 * at, token.data() + 9 + 2 * at, number, 16);
  return number;
}

class Places {
 public:
  explicit Places(const io::InnConfig& inn) : layout_(io::read_spool_layout(inn)) {
    for (const auto& each : layout_.cycbuffs) {
      if (auto cycbuff = io::Cycbuff::open(each.name, each.path)) {
        cycbuffs_.push_back(*std::move(cycbuff));
      }
    }
  }

  Place of(std::string_view token, const std::string& message_id) {
    Place place;
    place.command = "TAKETHIS " + message_id + "\r\n";
    if (token.starts_with("@05")) {
      place.directory = directory(number_at(token, 2));
      place.name = std::to_string(number_at(token, 10));
    } else {
      const io::Cycbuff& cycbuff = cycbuff_of(token);
      std::array<unsigned char, io::Cycbuff::article_header_size> header{};
      place.buffer = cycbuff.file();
      place.offset = cycbuff.offset_of(number_at(token, 10)) + header.size();
      if (::pread(place.buffer, header.data(), header.size(),
                  static_cast<off_t>(place.offset - header.size())) !=
          static_cast<ssize_t>(header.size())) {
        die("pread");
      }
      place.size = std::size_t{header[1]} << 16 | std::size_t{header[2]} << 8 | header[3];
    }
    return place;
  }

 private:
  const io::Cycbuff& cycbuff_of(std::string_view token) const {
    const std::array<std::uint32_t, 2> halves{htonl(number_at(token, 2)),
                                              htonl(number_at(token, 6))};
    std::array<char, sizeof halves + 1> name{};
    std::memcpy(name.data(), halves.data(), sizeof halves);
    const auto found = std::ranges::find(cycbuffs_, name.data(), &io::Cycbuff::name);
    if (found == cycbuffs_.end()) {
      die(name.data());
    }
    return *found;
  }

  int directory(std::uint32_t group) {
    const auto [found, is_new] = directories_.try_emplace(group, -1);
    if (is_new) {
      const std::string path = layout_.articles + "/" + layout_.groups.at(group);
      found->second = ::open(path.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
      if (found->second < 0) {
        die(path.c_str());
      }
    }
    return found->second;
  }

  io::SpoolLayout layout_;
  std::vector<io::Cycbuff> cycbuffs_;
  std::map<std::uint32_t, int> directories_;
};

std::vector<Place> places_of(const io::InnConfig& inn, const char* lines) {
  static Places places(inn);
  std::vector<Place> all;
  std::ifstream file(lines);
  for (std::string token, message_id; file >> token >> message_id;) {
    all.push_back(places.of(token, message_id));
  }
  if (all.empty()) {
    die(lines);
  }
  return all;
}

int connect_to(std::uint16_t port) {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    die("connect");
  }
  const int yes = 1;
  ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  return socket;
}

std::size_t read_article(const Place& place, char* to) {
  if (place.buffer >= 0) {
    return static_cast<std::size_t>(std::max<ssize_t>(
        ::pread(place.buffer, to, place.size, static_cast<off_t>(place.offset)), 0));
  }
  const int file = ::openat(place.directory, place.name.c_str(), O_RDONLY | O_NOATIME | O_CLOEXEC);
  const ssize_t got = ::read(file, to, article_size_max);
  if (got <= 0) {
    die(place.name.c_str());
  }
  ::close(file);
  return static_cast<std::size_t>(got);
}

void send_all(int socket, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0) {
      die("send");
    }
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

// Answers are taken, so that the peer can go on, and not looked at. False: the peer has ended it.
bool take_answers(int socket, int flags) {
  static std::array<char, 65536> answers;
  return ::recv(socket, answers.data(), answers.size(), flags) != 0;
}

std::int64_t cpu_us() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * std::int64_t{1'000'000} +
         usage.ru_utime.tv_usec + usage.ru_stime.tv_usec;
}

int run(int argc, char** argv) {
  std::uint16_t port = 0;
  if (argc != 4 || std::from_chars(argv[3], argv[3] + std::string_view(argv[3]).size(), port).ec !=
                       std::errc{}) {
    std::fputs("usage: floor INN.CONF LINES-FILE PORT\n", stderr);
    return 8;
  }
  const auto inn = io::read_inn_config(argv[1]);
  if (!inn) {
    std::fprintf(stderr, "%s\n", inn.error().c_str());
    return 8;
  }
  const std::vector<Place> places = places_of(*inn, argv[2]);
  const int socket = connect_to(port);
  const std::int64_t before = cpu_us();
  std::string batch(written_at_once + article_size_max + 1024, '\0');
  std::size_t size = 0;
  for (const Place& place : places) {
    size += place.command.copy(batch.data() + size, place.command.size());
    size += read_article(place, batch.data() + size);
    if (size >= written_at_once) {
      send_all(socket, {batch.data(), std::exchange(size, 0)});
      take_answers(socket, MSG_DONTWAIT);
    }
  }
  size += std::string_view("QUIT\r\n").copy(batch.data() + size, 6);
  send_all(socket, {batch.data(), size});
  while (take_answers(socket, 0)) {
  }
  std::printf("cpu_us=%lld\n", static_cast<long long>(cpu_us() - before));
  return 0;
}

}  // namespace
}  // namespace innduct::bench

int main(int argc, char** argv) { return innduct::bench::run(argc, argv); }
