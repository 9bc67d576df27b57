// arrival.cc: pointing views at what an arrival carries.
#include "sim/arrival.h"

namespace innduct::sim {

const std::vector<engine::Event>& Bound::bind(const std::vector<Arrival>& arrivals) {
  events_.clear();
  names_.clear();
  addresses_.clear();
  marks_.clear();
  for (const Arrival& arrival : arrivals) {
    engine::Event& event = events_.emplace_back(arrival.event);
    if (auto* read = std::get_if<engine::ReadDone>(&event)) {
      read->bytes = arrival.bytes;
    } else if (auto* failed = std::get_if<engine::Failed>(&event)) {
      failed->text = arrival.bytes;
    } else if (auto* flushed = std::get_if<engine::Flushed>(&event)) {
      flushed->text = arrival.bytes;
    } else if (auto* fetched = std::get_if<engine::Fetched>(&event)) {
      fetched->text = arrival.bytes;
      fetched->message_id = arrival.id;
    } else if (auto* received = std::get_if<engine::Received>(&event)) {
      received->bytes = arrival.bytes;
    } else if (auto* lost = std::get_if<engine::Lost>(&event)) {
      lost->text = arrival.bytes;
    } else if (auto* asked = std::get_if<engine::Asked>(&event)) {
      asked->line = arrival.bytes;
    } else if (auto* listed = std::get_if<engine::Listed>(&event)) {
      auto& names = names_.emplace_back();
      for (const ArrivalName& n : arrival.names) names.push_back({n.name, n.self, n.target});
      listed->names = names;
    } else if (auto* resolved = std::get_if<engine::Resolved>(&event)) {
      addresses_.emplace_back(arrival.addresses.begin(), arrival.addresses.end());
      resolved->addresses = addresses_.back();
    } else if (auto* left = std::get_if<engine::Marks>(&event)) {
      auto& marks = marks_.emplace_back();
      for (const ArrivalMark& mark : arrival.marks) marks.push_back({mark.text, mark.probe});
      left->marks = marks;
    }
  }
  return events_;
}

}  // namespace innduct::sim
