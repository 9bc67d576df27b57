// long_path.cc: a long path within one machine, through a TUN device: for kernels without netem.
//
//   long_path ADDRESS OTHER-ADDRESS DELAY-MS
//
// Makes a TUN device with ADDRESS (IPv4) in this network namespace. What is sent to OTHER-ADDRESS,
// next to it, is held for DELAY-MS and then comes back with its two addresses exchanged: so a
// connection to OTHER-ADDRESS is one to ADDRESS, by a path of that length each way. Order is kept,
// nothing is lost but what a full queue of the kernel drops. Segments are carried as the kernel
// hands them over, uncut: that is what lets one processor carry some gigabits.
//
// Prints `ready`. Ends when its standard input does, and prints `packets=N`. Exit status 77 if the
// system gives no TUN device.
#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <netinet/ip.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <deque>
#include <string_view>
#include <utility>
#include <vector>

#include "bench/program.h"

namespace innduct::bench {
namespace {

constexpr int skipped = 77;
// What stands before each packet: struct virtio_net_hdr, whose header is none of C++.
constexpr std::size_t header_size = 10;
constexpr std::size_t packet_size_max = 65536 + header_size;
constexpr int queue_packets = 100'000;
constexpr int mtu = 1500;
// How many are read or written before the other direction is looked at.
constexpr int batch = 256;

in_addr address_of(const char* text) {
  in_addr address{};
  if (::inet_pton(AF_INET, text, &address) != 1) {
    std::fprintf(stderr, "long_path: %s is no IPv4 address\n", text);
    std::exit(8);
  }
  return address;
}

// ---------------------------------------------------------------- the device

class Device {
 public:
  explicit Device(in_addr address) : file_(::open("/dev/net/tun", O_RDWR | O_NONBLOCK)) {
    about_.ifr_flags = IFF_TUN | IFF_NO_PI | IFF_VNET_HDR;
    if (file_ < 0 || ::ioctl(file_, TUNSETIFF, &about_) != 0) {
      die("/dev/net/tun", skipped);
    }
    if (::ioctl(file_, TUNSETOFFLOAD, TUN_F_CSUM | TUN_F_TSO4) != 0) {
      die("TUNSETOFFLOAD");
    }
    control_ = ::socket(AF_INET, SOCK_DGRAM, 0);
    about_.ifr_mtu = mtu;
    set(SIOCSIFMTU);
    about_.ifr_qlen = queue_packets;
    set(SIOCSIFTXQLEN);
    set_address(SIOCSIFADDR, address);
    set_address(SIOCSIFNETMASK, address_of("255.255.255.0"));
    about_.ifr_flags = IFF_UP | IFF_RUNNING;
    set(SIOCSIFFLAGS);
    ::close(control_);
  }
  int file() const { return file_; }

 private:
  void set(unsigned long what) {
    if (::ioctl(control_, what, &about_) != 0) {
      die(about_.ifr_name);
    }
  }

  void set_address(unsigned long what, in_addr address) {
    sockaddr_in value{};
    value.sin_family = AF_INET;
    value.sin_addr = address;
    std::memcpy(&about_.ifr_addr, &value, sizeof value);
    set(what);
  }

  int file_;
  int control_ = -1;
  ifreq about_{};
};

// ---------------------------------------------------------------- the path

class Path {
 public:
  Path(int device, in_addr other, std::int64_t delay)
      : device_(device), other_(other), delay_(delay) {}

  void run() {
    std::array<pollfd, 2> files{{{device_, POLLIN, 0}, {STDIN_FILENO, POLLIN, 0}}};
    while (!ended(files[1])) {
      const std::int64_t patience = held_.empty() ? 1'000'000'000 : held_.front().due - now();
      if (patience > 0) {
        const timespec time{patience / 1'000'000'000, patience % 1'000'000'000};
        if (::ppoll(files.data(), files.size(), &time, nullptr) < 0 && errno != EINTR) {
          die("ppoll");
        }
      }
      take();
      give();
    }
  }
  std::uint64_t packets() const { return packets_; }

 private:
  struct Held {
    std::int64_t due = 0;
    std::vector<char> bytes;
  };

  static bool ended(const pollfd& input) {
    char byte = 0;
    return input.revents != 0 && ::read(input.fd, &byte, 1) <= 0;
  }

  void take() {
    for (int i = 0; i < batch; ++i) {
      const ssize_t got = ::read(device_, room_.data(), room_.size());
      if (got < 0 && (errno == EAGAIN || errno == EINTR)) {
        return;
      }
      if (got < 0) {
        die("read from the device");
      }
      hold({room_.data(), static_cast<std::size_t>(got)});
    }
  }

  void hold(std::string_view packet) {
    iphdr ip{};
    if (packet.size() < header_size + sizeof ip) {
      return;
    }
    std::memcpy(&ip, packet.data() + header_size, sizeof ip);
    if (ip.version != 4 || ip.daddr != other_.s_addr) {
      return;  // what a fresh interface says by itself
    }
    std::swap(ip.saddr, ip.daddr);  // the sums do not change
    Held held{now() + delay_, std::move(spare_.empty() ? empty_ : spare_.back())};
    if (!spare_.empty()) {
      spare_.pop_back();
    }
    held.bytes.assign(packet.begin(), packet.end());
    std::memcpy(held.bytes.data() + header_size, &ip, sizeof ip);
    held_.push_back(std::move(held));
  }

  void give() {
    const std::int64_t at = now();
    for (int i = 0; i < batch && !held_.empty() && held_.front().due <= at; ++i) {
      std::vector<char>& bytes = held_.front().bytes;
      const ssize_t written = ::write(device_, bytes.data(), bytes.size());
      if (written < 0 && (errno == EAGAIN || errno == EINTR)) {
        return;
      }
      if (written < 0) {
        die("write to the device");
      }
      ++packets_;
      spare_.push_back(std::move(bytes));
      held_.pop_front();
    }
  }

  int device_;
  in_addr other_;
  std::int64_t delay_;
  std::uint64_t packets_ = 0;
  std::deque<Held> held_;
  std::vector<std::vector<char>> spare_;  // rooms of packets that have gone
  std::vector<char> empty_;
  std::vector<char> room_ = std::vector<char>(packet_size_max);
};

int run(int argc, char** argv) {
  std::int64_t delay_ms = 0;
  if (argc == 4) {
    const std::string_view text = argv[3];
    std::from_chars(text.data(), text.data() + text.size(), delay_ms);
  }
  if (delay_ms <= 0) {
    std::fputs("usage: long_path ADDRESS OTHER-ADDRESS DELAY-MS\n", stderr);
    return 8;
  }
  const Device device(address_of(argv[1]));
  ::prctl(PR_SET_TIMERSLACK, 1);
  std::puts("ready");
  std::fflush(stdout);
  Path path(device.file(), address_of(argv[2]), delay_ms * 1'000'000);
  path.run();
  std::printf("packets=%llu\n", static_cast<unsigned long long>(path.packets()));
  return 0;
}

}  // namespace
}  // namespace innduct::bench

int main(int argc, char** argv) { return innduct::bench::run(argc, argv); }
