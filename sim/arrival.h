// arrival.h: an event on its way to the program, with the bytes that its views will show.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/port.h"
#include "sim/peer.h"

namespace innduct::sim {

struct ArrivalName {
  std::string name;
  engine::FileStat self;
  std::optional<engine::FileStat> target;
};

struct ArrivalMark {
  std::string text;
  bool probe = false;
};

struct Arrival {
  engine::Event event;
  std::string bytes;                   // whatever text or bytes the event has
  std::string id;                      // Fetched: the message-id
  std::vector<ArrivalName> names;      // Listed
  std::vector<std::string> addresses;  // Resolved
  std::vector<ArrivalMark> marks;      // Marks
  std::optional<Reply> completes;      // Received: the reply of which this is the last byte
};

// Makes the views of arrivals' events point to what they carry, for one turn.
class Bound {
 public:
  // The events of `arrivals`, valid as long as neither is touched.
  const std::vector<engine::Event>& bind(const std::vector<Arrival>& arrivals);

 private:
  std::vector<engine::Event> events_;
  std::vector<std::vector<engine::ListedName>> names_;
  std::vector<std::vector<std::string_view>> addresses_;
  std::vector<std::vector<engine::Mark>> marks_;
};

}  // namespace innduct::sim
